import type * as chrono from "chrono-node"
import type { Due } from "../domain/Due.ts"
import type { ProjectId } from "../domain/Project.ts"
import type { Language, ParsedTask } from "../domain/QuickAdd.ts"
import type { Recurrence } from "../domain/Recurrence.ts"
import type { TagId } from "../domain/Tag.ts"
import type { TaskPriority } from "../domain/Task.ts"
import { clockAt } from "../domain/TimeZone.ts"
import { nextDate } from "../recurrence/Occurrences.ts"
import { parserIn } from "./Parsers.ts"
import { findRecurrence, type Span } from "./RecurrencePhrase.ts"
import { wordsOf } from "./Words.ts"

interface Named<Id> {
  readonly id: Id
  readonly name: string
}

export interface Context {
  readonly language: Language
  /** What is now, in milliseconds, and where the user is. */
  readonly now: number
  readonly time_zone: string
  readonly projects: ReadonlyArray<Named<ProjectId>>
  readonly tags: ReadonlyArray<Named<TagId>>
}

/** The letters of a text, so that a span keeps its place: what was understood becomes spaces of the same length. */
const blank = (text: string, { end, start }: Span) => text.slice(0, start) + " ".repeat(end - start) + text.slice(end)

/** "#C++" and "#home-office" are other names than "C" and "home". */
const isBoundary = (text: string, at: number) => !/^[\p{L}\p{N}_/+&#@'’-]/u.test(text.slice(at))

const fold = (text: string) => text.normalize("NFC").toLowerCase()

/** The longest name that follows a sign, as in "#Book club". */
const findNamed = <A extends Named<unknown>>(text: string, sign: string, names: ReadonlyArray<A>) => {
  const longestFirst = names.toSorted((a, b) => b.name.length - a.name.length)
  for (const { index } of text.matchAll(new RegExp(`(?<![^\\s])${sign}`, "g"))) {
    const start = index + sign.length
    const found = longestFirst.find(
      ({ name }) => fold(text.slice(start, start + name.length)) === fold(name) && isBoundary(text, start + name.length)
    )
    if (found !== undefined) return { found, start: index, end: start + found.name.length }
  }
  return undefined
}

const findPriority = (text: string, language: Language): (Span & { readonly priority: TaskPriority }) | undefined => {
  const levels = [
    ["high", 1],
    ["medium", 2],
    ["low", 3]
  ] as const
  for (const [priority, digit] of levels) {
    const own = wordsOf[language].priorities[priority]
    const found = new RegExp(`(?<!\\S)!(?:${priority}|${own}|${digit})(?!\\S)`, "iu").exec(text)
    if (found !== null) return { priority, start: found.index, end: found.index + found[0].length }
  }
  return undefined
}

const quoted = /(?<![^\s(])(?:"[^\s"](?:[^"]*[^\s"])?"|“[^”]+”|„[^“”]+[“”]|«[^»]+»|`[^`]+`)(?![\p{L}\p{N}])/gu

const day = 86_400_000

const pad = (value: number | null, length = 2) => String(value ?? 0).padStart(length, "0")

const dateOf = (components: chrono.ParsedComponents) =>
  `${pad(components.get("year"), 4)}-${pad(components.get("month"))}-${pad(components.get("day"))}`

const timeOf = (components: chrono.ParsedComponents) =>
  `${pad(components.get("hour"))}:${pad(components.get("minute"))}`

/**
 * A text of the same length in the forms that the parsers know: an address is no text, although
 * `https://example.com/2026/12/24` names a day, and they do not know `24.12.` and `aujourd’hui`.
 */
const normalize = (text: string, language: Language) => {
  const masked = text
    .replaceAll(/\S*(?::\/\/|@[^\s@]+\.)\S*/g, (address) => "x".repeat(address.length))
    .replaceAll("’", "'")
  return language === "de" ? masked.replaceAll(/(?<![\d.])(\d{1,2})\.(\d{1,2})\.(?!\d)/g, "$1/$2.") : masked
}

const patternsOf = (language: Language) => {
  const { after, ambiguous, article, before, every, ordinals, other, until } = wordsOf[language]
  // "Every 13th Friday" is no day of every month.
  const ordinal = `(?:\\d\\S*|${ordinals.join("|")})`
  return {
    before: new RegExp(`(?<![\\p{L}\\p{N}])(?:(?:${before})\\s+)+$`, "iu"),
    prefix: new RegExp(`(?:(?<![\\p{L}\\p{N}])(?:(?:${before}|${article})\\s+)+|(?<!\\S)@\\s*)$`, "iu"),
    article: new RegExp(`(?<![\\p{L}\\p{N}])(?:${article})\\s+$`, "iu"),
    after: new RegExp(`^(?:${after})(?![\\p{L}\\p{N}])`, "iu"),
    anyEvery: new RegExp(`(?<![\\p{L}\\p{N}])(?:${every})\\s`, "iu"),
    every: new RegExp(`(?<![\\p{L}\\p{N}])(?:${every})\\s+(?:${ordinal}\\s+)?$`, "iu"),
    nth: new RegExp(`(?<![\\p{L}\\p{N}])(?:${ordinals.join("|")}|${other})\\s+$`, "iu"),
    ambiguous: new RegExp(`^(?:${ambiguous})[.,]?$`, "iu"),
    until: new RegExp(`(?<![\\p{L}\\p{N}])(?:${until})\\s+`, "iu")
  }
}

const patterns = new Map<Language, ReturnType<typeof patternsOf>>()

const patternsIn = (language: Language) => {
  const found = patterns.get(language) ?? patternsOf(language)
  patterns.set(language, found)
  return found
}

/** With the prepositions in front, as in "on Dec 3", and what follows a time, as in "14.30 Uhr". */
const widen = (text: string, { index, text: found }: chrono.ParsedResult, language: Language): Span => {
  const { after, prefix } = patternsIn(language)
  const end = index + found.trimEnd().length
  const [rest = ""] = after.exec(text.slice(end)) ?? []
  return { start: prefix.exec(text.slice(0, index))?.index ?? index, end: end + rest.length }
}

const localDate = (date: Date) => `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`

/** The library reads the clock of the process: the moment at which that shows what the clock of UTC shows now. */
const toLocal = (date: Date) =>
  new Date(
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds()
  )

const isRelative = (result: chrono.ParsedResult) => result.tags().has("result/relativeDate")

const isPast = (start: chrono.ParsedComponents, clock: Date) =>
  start.isCertain("hour") ? start.date() < clock : dateOf(start) < localDate(clock)

const hasDay = ({ start }: chrono.ParsedResult) => start.isCertain("day") || start.isCertain("weekday")

// Days that are part of a name: "Guten Morgen", "Black Friday", "Mardi Gras".
const nameBefore = /(?:guten|goede|black|cyber|good) $/i
const nameAfter = /^ gras\b/i

const isLast = /^(?:last|past|letzte|vorige|afgelopen|verleden)|(?:dernier|pasado|passad[oa])$/i

const isShortDate = (text: string) => /^\d{1,2}\/\d{1,2}\.?$/.test(text)

const isFraction = (text: string) => /^(?:1\/[2-8]|2\/3|3\/4|24\/7)$/.test(text)

/** "Sun" may be the star, "3/4" a fraction, and "3 days" a duration. */
const isDate = (text: string, result: chrono.ParsedResult, language: Language, clock: Date) => {
  const { end, index, start, text: found } = result
  const [before, after] = [text.slice(0, index), text.slice(index + found.length)]
  // "Tomorrow's lunch", "monday.com", "@friday".
  if (end || /[\p{L}\p{N}-]$/u.test(before) || /^['’.@/_-]\p{L}/u.test(after)) return false
  if (hasDay(result) && (/[@#\\/]$/.test(before) || isLast.test(found.trim()))) return false
  if (start.isCertain("timezoneOffset") && !isRelative(result)) return false
  // "Ir al mar" is to go to the sea.
  if (nameBefore.test(before) || nameAfter.test(after) || /^mar$/i.test(found)) return false
  // "Last minute gifts".
  if (isRelative(result) && isPast(start, clock)) return false
  const own = patternsIn(language)
  // "The first Monday of the month".
  if (hasDay(result) && own.nth.test(before)) return false
  const isFollowed = /^\.?\s*[\p{L}\p{N}]/u.test(after)
  if (isShortDate(found) && isFollowed && !own.before.test(before)) return before.trim() === "" && !isFraction(found)
  if (own.ambiguous.test(found.trim())) {
    return own.before.test(before) || (before.trim() !== "" && !isFollowed && !own.article.test(before))
  }
  return !(
    isRelative(result) &&
    /^(?:\d|an? |the |one |for |twice )/i.test(found) &&
    !/(?:from now|later)$/i.test(found)
  )
}

const resultsIn = (text: string, { language, now, time_zone }: Pick<Context, "language" | "now" | "time_zone">) => {
  const clock = toLocal(new Date(clockAt(time_zone, now)))
  return parserIn(language)
    .parse(text, clock, { forwardDate: true })
    .filter((result) => isDate(text, result, language, clock))
}

const partsOfDay = [
  [/\/morning\b/, /ochtend$/, "09:00"],
  [/\/noon\b/, /^$/, "12:00"],
  [/\/afternoon\b/, /middag$/, "15:00"],
  [/\/(?:evening|tonight)\b/, /(?:avond|vannacht)$/, "20:00"],
  [/\/midnight\b/, /^$/, "00:00"]
] as const

/** The time of a result. A part of the day stands for a time. */
const timeIn = (result: chrono.ParsedResult) => {
  if (result.start.isCertain("hour")) return timeOf(result.start)
  const tags = Array.from(result.tags()).join()
  return partsOfDay.find(([tag, word]) => tag.test(tags) || word.test(result.text.trim()))?.[2]
}

/** "This evening" and "noon" are times of today, and "morning" is none. */
const hasTime = (result: chrono.ParsedResult) =>
  result.start.isCertain("hour") ||
  (timeIn(result) !== undefined &&
    (hasDay(result) || /^(?:this|ce|cet|cette|est[ae]) |mi[dt]|mei[ao]|med[iío]/i.test(result.text)))

/** Dates and times that a text names. A month alone, and from one time to another, is no due date. */
const findDates = (text: string, context: Pick<Context, "language" | "now" | "time_zone">) => {
  const { every } = patternsIn(context.language)
  // What repeats in a way that is not understood has no date.
  const results = resultsIn(text, context).filter(({ index }) => !every.test(text.slice(0, index)))
  const day = results.find(hasDay)
  const time = results.find(({ start }) => start.isCertain("hour")) ?? results.find(hasTime)
  return {
    date: day && dateOf(day.start),
    // Of a time alone chrono names the day on which it comes next.
    nearest: time && dateOf(time.start),
    time: time && timeIn(time),
    spans: Array.from(new Set([day, time]), (result) => result && widen(text, result, context.language))
  }
}

/** A day of every year: "every January 27". */
const findYearly = (text: string, context: Pick<Context, "language" | "now" | "time_zone">) => {
  const { anyEvery, every } = patternsIn(context.language)
  // To look for dates takes longest.
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
      // Of tomorrow the year is certain.
      start.isCertain("year")
    )
      continue
    const rrule = `FREQ=YEARLY;BYMONTH=${start.get("month")};BYMONTHDAY=${start.get("day")}`
    const time = start.isCertain("hour") ? timeOf(start) : undefined
    return { start: before.index, end: index + found.trimEnd().length, rrule, anchor: "due" as const, time }
  }
  return undefined
}

/** The last day of a rule: "until Dec 24", or "until Friday" after its first day. */
const findUntil = (text: string, context: Pick<Context, "language" | "now" | "time_zone">) => {
  const found = patternsIn(context.language).until.exec(text)
  if (found === null) return undefined
  const from = found.index + found[0].length
  const dateAfter = (days: number) => {
    const [result] = resultsIn(text.slice(from), { ...context, now: context.now + days * day })
    return result?.index !== 0 || !hasDay(result) || result.start.isCertain("hour") ? undefined : result
  }
  const result = dateAfter(0)
  return (
    result && {
      start: found.index,
      end: from + result.text.trimEnd().length,
      dateFrom: (date: string, today: string) =>
        dateOf((dateAfter(Math.max(0, (Date.parse(date) - Date.parse(today)) / day)) ?? result).start)
    }
  )
}

/** The first day of a rule that is not over: "every Monday" is today on a Monday, until the time of day has passed. */
const firstDate = (rrule: string, clock: string, time: string | undefined) => {
  const today = clock.slice(0, 10)
  const dayAt = (days: number) => new Date(Date.parse(today) + days * day).toISOString().slice(0, 10)
  const isOver = time !== undefined && time <= clock.slice(11, 16)
  // "Every other Monday" begins with the next one.
  const eachTime = rrule.replace(/;INTERVAL=\d+/, "")
  return /BY/.test(rrule) ? nextDate(eachTime, dayAt(isOver ? 0 : -1)) : dayAt(isOver ? 1 : 0)
}

/** What remains of a span around another one that is inside of it, without the spaces at its ends. */
const around = (text: string, { end, start }: Span, inner: Span | undefined): ReadonlyArray<Span> => {
  if (inner === undefined || inner.end <= start || inner.start >= end) return [{ start, end }]
  return [
    { start, end: inner.start },
    { start: inner.end, end }
  ].flatMap((piece) => {
    const part = text.slice(piece.start, piece.end)
    const trimmed = part.trim()
    const from = piece.start + part.length - part.trimStart().length
    return trimmed === "" ? [] : [{ start: from, end: from + trimmed.length }]
  })
}

/** When a text says that something is due, and how often: "every Monday at 9". `rest` has spaces where it does. */
export const findDue = (text: string, context: Pick<Context, "language" | "now" | "time_zone">) => {
  const { language, now, time_zone } = context
  const normalized = normalize(text, language)
  const yearly = findYearly(normalized, context)
  const phrase = yearly ?? findRecurrence(normalized, language)
  const withoutPhrase = phrase === undefined ? normalized : blank(normalized, phrase)
  const until = phrase && findUntil(withoutPhrase, context)
  const withoutUntil = until === undefined ? withoutPhrase : blank(withoutPhrase, until)
  const { date, nearest, spans, time = yearly?.time } = findDates(withoutUntil, context)
  const clock = new Date(clockAt(time_zone, now)).toISOString()
  const first = date ?? (phrase && firstDate(phrase.rrule, clock, time)) ?? nearest
  const due: Due | undefined = first === undefined ? undefined : { date: first, ...(time !== undefined && { time }) }
  const last = until === undefined || first === undefined ? undefined : until.dateFrom(first, clock.slice(0, 10))
  const end = last === undefined ? "" : `;UNTIL=${last.replaceAll("-", "")}`
  const recurrence: Recurrence | undefined = phrase && { rrule: phrase.rrule + end, anchor: phrase.anchor }
  const phrases = [phrase, until].filter((span) => span !== undefined)
  const dates = spans.flatMap((span) =>
    span === undefined
      ? []
      : phrases.reduce<ReadonlyArray<Span>>(
          (pieces, inner) => pieces.flatMap((piece) => around(text, piece, inner)),
          [span]
        )
  )
  return { due, recurrence, phrases, dates, rest: [...phrases, ...dates].reduce(blank, text) }
}

/**
 * What is left of a text. A mark behind what was understood follows the word in front: "Lunch tomorrow?" Marks that led to
 * it go: "Call Bob: tomorrow", "Call Bob (tomorrow)".
 */
const titleOf = (text: string, spans: ReadonlyArray<Span>) => {
  const pieces = [...spans, { start: text.length, end: text.length }].map(({ start }, n) =>
    text.slice(spans[n - 1]?.end ?? 0, start)
  )
  const title = pieces
    .reduce((title, piece) => (/^[?!.,;:)]/.test(piece) ? title.trimEnd() + piece : `${title} ${piece}`))
    .trim()
    .replaceAll(/\s+/g, " ")
  return spans.length === 0 ? title : title.replace(/ ?\(\)/, "").replaceAll(/^[-–—:,;.] ?| ?[-–—:,;]$/g, "")
}

/**
 * What a text says about a task: "Pay rent every 1st at 9 #home !high". The rest of it is the title. The same text and
 * context always give the same.
 */
export const parseTask = (text: string, context: Context): ParsedTask => {
  const { language, projects, tags } = context
  const spans: Array<ParsedTask["spans"][number]> = []
  // What stands in quotation marks or backticks is part of the title as it is.
  let rest = text.replaceAll(quoted, (literal) => "x".repeat(literal.length))
  const take = (field: (typeof spans)[number]["field"], span: Span) => {
    spans.push({ field, start: span.start, end: span.end })
    rest = blank(rest, span)
  }

  let project_id: ProjectId | undefined
  const tag_ids: Array<TagId> = []
  const projectNames = projects.map((project) => ({ ...project, field: "project_id" as const }))
  const tagNames = tags.map((tag) => ({ ...tag, field: "tag_ids" as const }))
  for (const sign of ["@", "#"]) {
    for (;;) {
      const names = sign === "#" && project_id === undefined ? [...projectNames, ...tagNames] : tagNames
      const named = findNamed(rest, sign, names)
      if (named === undefined) break
      const { found } = named
      if (found.field === "project_id") project_id = found.id
      else if (!tag_ids.includes(found.id)) tag_ids.push(found.id)
      take(found.field, named)
    }
  }
  const priority = findPriority(rest, language)
  if (priority !== undefined) take("priority", priority)
  const { dates, due, phrases, recurrence } = findDue(rest, context)
  for (const span of phrases) take("recurrence", span)
  for (const span of dates) take("due", span)

  spans.sort((a, b) => a.start - b.start)
  const title = titleOf(text, spans)
  // A text like "Tomorrow" alone is a title.
  if (title === "") return { task: { title: text.trim() }, spans: [] }
  return {
    task: {
      title,
      ...(due !== undefined && { due }),
      ...(recurrence !== undefined && { recurrence }),
      ...(priority !== undefined && { priority: priority.priority }),
      ...(project_id !== undefined && { project_id }),
      ...(tag_ids.length > 0 && { tag_ids })
    },
    spans
  }
}
