import type * as chrono from "chrono-node"
import { type Due, isDate as isPlainDate } from "../domain/Due.ts"
import type { Language } from "../domain/QuickAdd.ts"
import type { Recurrence } from "../domain/Recurrence.ts"
import { localTimeAt } from "../domain/TimeZone.ts"
import { nextDate } from "../recurrence/Occurrences.ts"
import { isAttribute, isDate, isPartOfName, ofBefore } from "./DateFilter.ts"
import { mask, normalize, patternsIn } from "./DatePatterns.ts"
import { parserIn } from "./Parsers.ts"
import { findRecurrence, type Span } from "./RecurrencePhrase.ts"
import {
  dateOf,
  hasDay,
  hasTime,
  hourOfPart,
  inPart,
  isAfterMidnight,
  isMidnight,
  isRelative,
  isThis,
  localDate,
  pad,
  timeIn
} from "./Results.ts"

/** What is understood depends on the language, and on the day and time where the user is. */
export interface TimeContext {
  readonly language: Language
  /** What is now, in milliseconds, and where the user is. */
  readonly now: number
  readonly time_zone: string
}

/** Replaces recognized parts by spaces of the same length: the positions of other parts stay the same. */
export const blank = (text: string, { end, start }: Span) =>
  text.slice(0, start) + " ".repeat(end - start) + text.slice(end)

const day = 86_400_000

/** Extends a span to the prepositions before it, as in "on Dec 3", and to a unit after it, as in "14.30 Uhr". */
const widen = (text: string, { index, text: found }: chrono.ParsedResult, language: Language): Span => {
  const { after, prefix } = patternsIn(language)
  const end = index + found.trimEnd().length
  const rest = text.slice(end)
  // "RDV mer. 14h30".
  const abbreviated = /^\p{L}{2,4}$/u.test(found) ? /^\.(?=\s|$)/.exec(rest)?.[0] : undefined
  const behind = abbreviated ?? after.exec(rest)?.[0] ?? ""
  return { start: prefix.exec(text.slice(0, index))?.index ?? index, end: end + behind.length }
}

/** chrono uses the time zone of the process: this is the instant whose local time there is the given time in UTC. */
const toLocal = (date: Date) =>
  new Date(
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds()
  )

const localTimeIn = ({ now, time_zone }: TimeContext) => toLocal(new Date(localTimeAt(time_zone, now)))

const resultsIn = (text: string, context: TimeContext) => {
  const { language } = context
  const localTime = localTimeIn(context)
  const results = parserIn(language)
    .parse(text, localTime, { forwardDate: true })
    .filter((result) => isDate(text, result, language, localTime))
  /** "Jan 3 and Jan 5" are several tasks. */
  const isJoined = (first?: chrono.ParsedResult, second?: chrono.ParsedResult) =>
    first !== undefined &&
    second !== undefined &&
    hasDay(first) &&
    hasDay(second) &&
    dateOf(first.start) !== dateOf(second.start) &&
    patternsIn(language).joint.test(text.slice(first.index + first.text.trimEnd().length, second.index))
  return results.filter(
    (result, n) =>
      !isJoined(results[n - 1], result) &&
      !isJoined(result, results[n + 1]) &&
      !(hasDay(result) && isAttribute(text.slice(0, result.index), language))
  )
}

const dayAfter = (date: string) => new Date(Date.parse(date) + day).toISOString().slice(0, 10)

/** "In 2 hours" is two hours later even across a clock change. */
const whenIn = (result: chrono.ParsedResult, context: TimeContext) => {
  if (!result.tags().has("result/relativeDateAndTime")) {
    const today = localDate(localTimeIn(context))
    const date = !hasDay(result) && isThis.test(result.text) ? today : dateOf(result.start)
    const time = timeIn(result)
    // "Friday at midnight" is when Friday ends, and "today at 0:00", too.
    if (isMidnight(result) || (time === "00:00" && date === today)) return { date: dayAfter(date), time }
    // "Tonight at 1" is tomorrow, unless it is night already.
    const isTonight = localTimeIn(context).getHours() < 5
    return isAfterMidnight(result) && time !== undefined
      ? { date: isTonight ? date : dayAfter(date), time: `${pad(Number(time.slice(0, 2)) % 12)}${time.slice(2)}` }
      : { date, time }
  }
  const later = result.start.date().getTime() - localTimeIn(context).getTime()
  const localTime = new Date(localTimeAt(context.time_zone, context.now + later)).toISOString()
  return { date: localTime.slice(0, 10), time: localTime.slice(11, 16) }
}

/** The dates and times in a text. A month alone, or a range of times, is not a due date. */
const findDates = (text: string, context: TimeContext) => {
  const { every, part } = patternsIn(context.language)
  // A repetition that is not recognized has no due date.
  const results = resultsIn(text, context).filter(({ index }) => !every.test(text.slice(0, index)))
  const day = results.find(hasDay)
  const time = results.find(({ start }) => start.isCertain("hour")) ?? results.find(hasTime)
  // "At 8 tomorrow evening", "Montagabend um 8".
  const following = day ? part.exec(text.slice(day.index + day.text.length)) : null
  const hour = hourOfPart(following?.groups?.part, context.language)
  const date = day && whenIn(day, context).date
  return {
    // Midnight away from its day: "am 24.12. um Mitternacht".
    date: date && time && time !== day && isMidnight(time) ? dayAfter(date) : date,
    // For a time without a date, chrono returns the next day with that time.
    nearest: time && whenIn(time, context).date,
    time: inPart(time && whenIn(time, context).time, hour) ?? (hour === undefined ? undefined : `${pad(hour)}:00`),
    spans: Array.from(new Set([day, time]), (result) => {
      const span = result && widen(text, result, context.language)
      return span && result === day && following !== null ? { ...span, end: span.end + following[0].length } : span
    })
  }
}

/** A day of every year: "every January 27". */
const findYearly = (text: string, context: TimeContext) => {
  const { anyEvery, every } = patternsIn(context.language)
  // Searching for dates is the slowest step.
  if (!anyEvery.test(text)) return undefined
  for (const result of resultsIn(text, context)) {
    const { index, start, text: found } = result
    const before = every.exec(text.slice(0, index))
    if (
      before === null ||
      !/\d/.test(found) ||
      isRelative(result) ||
      !start.isCertain("day") ||
      !start.isCertain("month") ||
      // "Tomorrow" has a certain year, so it is not a day of every year.
      start.isCertain("year")
    )
      continue
    const rrule = `FREQ=YEARLY;BYMONTH=${start.get("month")};BYMONTHDAY=${start.get("day")}`
    const time = start.isCertain("hour") ? timeIn(result) : undefined
    const { end } = widen(text, result, context.language)
    return { start: before.index, end, rrule, anchor: "due", time } as const
  }
  return undefined
}

/** The last day of a rule: "until Dec 24", or "until Friday" after its first day. */
const findUntil = (text: string, context: TimeContext) => {
  const found = patternsIn(context.language).until.exec(text)
  if (found === null) return undefined
  const dateAfter = (days: number) => {
    const [result] = resultsIn(text.slice(found.index), { ...context, now: context.now + days * day })
    return result === undefined || result.index > found[0].length || !hasDay(result) ? undefined : result
  }
  const result = dateAfter(0)
  return (
    result && {
      start: found.index,
      end: found.index + widen(text.slice(found.index), result, context.language).end,
      time: result.start.isCertain("hour") ? timeIn(result) : undefined,
      dateFrom: (date: string, today: string) =>
        dateOf((dateAfter(Math.max(0, (Date.parse(date) - Date.parse(today)) / day)) ?? result).start)
    }
  )
}

/** The first day of a rule from now on: on a Monday, "every Monday" begins today, unless its time has passed. */
const firstDate = (rrule: string, localTime: string, time: string | undefined) => {
  const today = localTime.slice(0, 10)
  const dayAt = (days: number) => new Date(Date.parse(today) + days * day).toISOString().slice(0, 10)
  const isOver = time !== undefined && time <= localTime.slice(11, 16)
  // "Every other Monday" begins with the next one.
  const eachTime = rrule.replace(/;INTERVAL=\d+/, "")
  return /BY/.test(rrule) ? nextDate(eachTime, dayAt(isOver ? 0 : -1)) : dayAt(isOver ? 1 : 0)
}

/** The parts of a span outside of others inside it, without spaces at their ends. */
export const around = (text: string, span: Span, inners: ReadonlyArray<Span>) =>
  inners.reduce<ReadonlyArray<Span>>(
    (pieces, inner) =>
      pieces.flatMap(({ end, start }) => {
        if (inner.end <= start || inner.start >= end) return [{ start, end }]
        return [
          { start, end: inner.start },
          { start: inner.end, end }
        ].flatMap((piece) => {
          const part = text.slice(piece.start, piece.end)
          const trimmed = part.trim()
          const from = piece.start + part.length - part.trimStart().length
          return trimmed === "" ? [] : [{ start: from, end: from + trimmed.length }]
        })
      }),
    [span]
  )

/** When a text says that something is due, and how often: "every Monday at 9". `rest` has spaces where it does. */
export const findDue = (text: string, context: TimeContext) => {
  const { language, now, time_zone } = context
  const normalized = normalize(mask(text), language)
  const yearly = findYearly(normalized, context)
  const phrase = yearly ? { ...yearly, part: undefined, isLimited: false } : findRecurrence(mask(text), language)
  const [before, after] = [normalized.slice(0, phrase?.start), normalized.slice(phrase?.end)]
  // "Chaque lundi de Pâques" is once a year, and "the eve of every Monday" another day.
  if (phrase && (phrase.isLimited || isPartOfName(after) || ofBefore.test(before)))
    return { phrases: [], dates: [], rest: text }
  const withoutPhrase = phrase === undefined ? normalized : blank(normalized, phrase)
  const until = phrase && findUntil(withoutPhrase, context)
  const withoutUntil = until === undefined ? withoutPhrase : blank(withoutPhrase, until)
  const { date, nearest, spans, ...found } = findDates(withoutUntil, context)
  const part = phrase?.part
  const time =
    inPart(found.time ?? yearly?.time ?? until?.time, part) ?? (part === undefined ? undefined : `${pad(part)}:00`)
  const localTime = new Date(localTimeAt(time_zone, now)).toISOString()
  // "Every Monday from Jan 5" begins with the first Monday from then on.
  const from = date === undefined ? localTime : `${date}T`
  const first = (phrase && firstDate(phrase.rrule, from, time)) ?? date ?? nearest
  if (first !== undefined && !isPlainDate(first)) return { phrases: [], dates: [], rest: text }
  const due: Due | undefined = first === undefined ? undefined : { date: first, ...(time !== undefined && { time }) }
  const last = until === undefined || first === undefined ? undefined : until.dateFrom(first, localTime.slice(0, 10))
  const end = last === undefined ? "" : `;UNTIL=${last.replaceAll("-", "")}`
  const recurrence: Recurrence | undefined = phrase && { rrule: phrase.rrule + end, anchor: phrase.anchor }
  const phrases = [phrase, until].filter((span) => span !== undefined)
  const dates = spans.flatMap((span) => (span === undefined ? [] : around(text, span, phrases)))
  const rest = [...phrases, ...dates].reduce(blank, text)
  if (phrase && patternsIn(language).limited.test(rest.slice(phrase.end))) return { phrases: [], dates: [], rest: text }
  return { due, recurrence, phrases, dates, rest }
}
