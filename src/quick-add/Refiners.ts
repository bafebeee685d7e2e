import type * as chrono from "chrono-node"
import type { Language } from "../domain/QuickAdd.ts"
import { componentsOf, dayAfter, unitOfAmount } from "./Patterns.ts"
import { afterDayTag, dayOfMonthTag, isWeekday, midnightTag, timeIn } from "./Results.ts"
import { wordsOf } from "./Words.ts"

/** The text between the end of a result and the start of another one. */
const between = (text: string, a: chrono.ParsingResult, b: chrono.ParsingResult) =>
  text.slice(a.index + a.text.length, b.index)

const isDay = ({ start }: chrono.ParsingResult) => start.isCertain("day") || start.isCertain("weekday")

const isRelative = ({ start }: chrono.ParsingResult) => start.tags().has("result/relativeDate")

/**
 * A clock without a word that says so. Verses, scores and ratios look the same: "3:16", "21:19", "1:50". Times are rather in
 * steps of five minutes, or have two digits for an hour that a clock with 24 hours has.
 */
const isClock = (text: string) => {
  const [, hour = "", minute = "", second] = /^(\d{1,2}):(\d\d)(:\d\d)?$/.exec(text) ?? []
  if (hour === "") return true
  const isPadded = hour.startsWith("0") && hour.length === 2
  return second === undefined && (isPadded || Number(hour) >= 13 || (Number(hour) >= 2 && Number(minute) % 5 === 0))
}

/**
 * Removes amounts that chrono reads as times, and would join to a date beside them: "$12.50", "24 tomorrow", "from 1 Dec".
 * "24:00" is not a time either.
 */
const withoutAmounts = (language: Language): chrono.Refiner => {
  const { after, time, within } = wordsOf[language]
  const isAt = new RegExp(`^(?:${time.at}|@)(?![\\p{L}\\p{N}])`, "iu")
  const unit = new RegExp(`^\\s*(?:${after || "(?!)"})`, "iu")
  const isWithin = new RegExp(`(?<!\\p{L})(?:${within}) $`, "iu")
  const isTime = (text: string, result: chrono.ParsingResult, results: ReadonlyArray<chrono.ParsingResult>) => {
    const { index, start, text: found } = result
    const before = text.slice(0, index)
    // "06:05 Dec 24" is not the 5th.
    if (/\d:$/.test(before)) return false
    if (!start.isCertain("hour") || isDay(result)) return true
    const rest = text.slice(index + found.length)
    if (
      start.get("hour") === 24 ||
      /[$€£¥]\s?$/.test(before) ||
      unitOfAmount.test(rest) ||
      (isWithin.test(before) && !isRelative(result)) ||
      // A score.
      /\d:\d(?!\d)/.test(found)
    )
      return false
    const isAfterDay = results.some((other) => isDay(other) && /^(?:[.,]?\s+|,)$/.test(between(text, other, result)))
    if (!isAfterDay && (start.tags().has(afterDayTag) || !isClock(found))) return false
    if (!/^(?:\p{L}+\s)?\d{1,2}(?:\.\d+)?$/u.test(found)) return true
    // "Pay 20 on Friday".
    if (/^\d/.test(found) && !isAfterDay && !unit.test(rest)) return false
    const isBeforeDay = results.some((other) => isDay(other) && /^\s+$/.test(between(text, result, other)))
    // "At 5 Main Street", "look at 3 houses", "invitar a 3 amigos".
    if (/^at /i.test(found)) {
      return isBeforeDay || before.trim() === "" || !/^\s+(?:\p{Lu}|(?!this)\p{Ll}{3,}s(?!\p{L}))/u.test(rest)
    }
    const isClear = isAt.test(found) && !/^[aà] /i.test(found)
    return isClear || isBeforeDay || !/^\s+\p{L}/u.test(rest) || unit.test(rest)
  }
  return { refine: ({ text }, results) => results.filter((result) => isTime(text, result, results)) }
}

/** Trims results: chrono keeps the longer one of two, and "Dec" with spaces after it would be longer than "1 Dec". */
const withoutSpaces: chrono.Refiner = {
  refine: (_, results) => {
    for (const result of results) {
      result.index += result.text.length - result.text.trimStart().length
      result.text = result.text.trim()
    }
    // The first of two at one place counts: "morgen" is rather tomorrow than the morning, "10 to 5" rather a time than two.
    const isOwn = (tag: string) => !tag.includes("/") || tag === midnightTag
    const rank = ({ end, start }: chrono.ParsingResult) =>
      Number(start.isCertain("day") && !start.tags().has("result/relativeDateAndTime")) +
      (start.isCertain("hour") ? 0.1 : 0) -
      (end ? 0.5 : Array.from(start.tags()).every(isOwn) ? 0 : 0.25)
    return results.toSorted((a, b) => a.index - b.index || rank(b) - rank(a))
  }
}

/** Removes what cannot be meant beside another result. */
const withoutContradictions: chrono.Refiner = {
  refine: ({ text }, results) =>
    results.filter((result, n) => {
      const { end, index, start } = result
      // "Le 16 à 18h" and "25/12 à 10h" are no hours from 12 to 18.
      const isInDay = (day: chrono.ParsingResult) =>
        !day.end && isDay(day) && day.index < index && index < day.index + day.text.length
      if (end && !isDay(result) && results.some(isInDay)) return false
      const [before, next] = [results[n - 1], results[n + 1]]
      const isBeside = (a?: chrono.ParsingResult, b?: chrono.ParsingResult) => a && b && between(text, a, b) === " "
      // "Montag Morgen" is not tomorrow, and in "Sam demain" Sam is a name.
      if (/^morgen$/i.test(result.text) && isBeside(before, result) && before && isWeekday(before)) return false
      const isTomorrow = next && Array.from(next.start.tags()).some((tag) => /^casual.*\/(?:today|tomorrow)/.test(tag))
      return !(
        (isWeekday(result) && isTomorrow && isBeside(result, next) && !/^morgen$/i.test(next.text)) ||
        // A month alone is no date, and would be one with a time beside it: "call June at 5".
        (start.isCertain("month") && !isDay(result) && !start.isCertain("hour") && !isRelative(result) && !end)
      )
    })
}

/** A number behind a month is not the year where a word follows: "24. Dezember 10 Uhr", "Dec 3, 10 people". */
const withoutAmountAsYear = (language: Language): chrono.Refiner => {
  const isCounted = new RegExp(`^(?: (?!(?:${wordsOf[language].time.at}) )\\p{L}|h|[:.]\\d)`, "iu")
  return {
    refine: ({ reference, text }, results) => {
      const today = dayAfter(reference.getDateWithAdjustedTimezone(), 0)
      for (const result of results) {
        const day = /^(.*\d.*?),? \d{1,2}$/.exec(result.text)?.[1]
        if (day === undefined || !result.start.isCertain("year")) continue
        if (!isCounted.test(text.slice(result.index + result.text.length))) continue
        result.text = day
        const inYear = result.start.date().setFullYear(today.getFullYear())
        result.start.delete("year")
        result.start.imply("year", today.getFullYear() + Number(inYear < today.getTime()))
      }
      return results
    }
  }
}

/** Midnight is when a day ends. As its last second it stays on that day, and is not past on the same day. */
const midnightEndsDay: chrono.Refiner = {
  refine: ({ reference }, results) => {
    const { day, month, year } = componentsOf(reference.getDateWithAdjustedTimezone())
    for (const { start } of results) {
      if (!start.tags().has(midnightTag)) continue
      start.delete(["day", "month", "year", "meridiem"])
      start.imply("day", day).imply("month", month).imply("year", year)
      start.assign("hour", 23).assign("minute", 59).assign("second", 59)
    }
    return results
  }
}

/**
 * chrono takes noon for the time of a day without one, so that in the afternoon "Friday" would be in a week, and "in 3 days
 * at 9" in the evening. It counts from January 31 to the 31st of February, which is in March.
 */
const wholeDays: chrono.Refiner = {
  refine: ({ reference }, results) => {
    const today = reference.getDateWithAdjustedTimezone()
    for (const result of results) {
      const { start } = result
      if (isDay(result) && !start.isCertain("hour") && start.get("hour") === 12) {
        start.imply("hour", 23).imply("minute", 59).imply("second", 59)
      }
      if (timeIn(result) === undefined) start.delete("meridiem")
      // "This month" begins with its first day.
      if (!isRelative(result) || isDay(result) || /^(?:the|this) /i.test(result.text)) continue
      if (start.get("day") === today.getDate()) continue
      const { day, month, year } = componentsOf(dayAfter(start.date(), -Number(start.get("day"))))
      start.imply("day", day).assign("month", month).assign("year", year)
    }
    return results
  }
}

const millisecondsOfDay = 86_400_000

/** "2 weeks from Friday", "Freitag in zwei Wochen", "next week Monday": a date and days that are counted from it. */
const countedFrom = (language: Language): chrono.Refiner => {
  const { article, before, earlier, later, within } = wordsOf[language]
  const [isLater, isEarlier] = [later, earlier].map((text) => new RegExp(`^ (?:${text}) (?:(?:${article}) )?$`, "iu"))
  const isWithin = new RegExp(`^(?:${within})\\s`, "iu")
  const isJoint = new RegExp(`^[.,]*\\s(?:(?:${before}|${article}|de[nm]) )*$`, "iu")
  const dateFrom = (text: string, today: Date, a: chrono.ParsingResult, b: chrono.ParsingResult) => {
    const gap = between(text, a, b)
    // "Friday, the 4th of December".
    if (isWeekday(a) && b.start.isCertain("day") && b.start.isCertain("month") && isJoint.test(gap) && !isRelative(b))
      return b.start.date()
    const isFirst = isRelative(a)
    const [relative, date] = isFirst ? [a, b] : [b, a]
    if (isFirst === isRelative(b) || !isDay(date) || relative.start.tags().has("result/relativeDateAndTime"))
      return undefined
    const [at, from] = [date.start.date(), relative.start.date()]
    // "Next month on the 3rd", "on the 3rd of next month".
    if (!relative.start.isCertain("day") && date.start.tags().has(dayOfMonthTag)) {
      const end = new Date(from.getFullYear(), from.getMonth() + 1, 0)
      return /^,?\s$/.test(gap) ? dayAfter(end, Math.min(at.getDate(), end.getDate()) - end.getDate()) : undefined
    }
    const days = Math.round((dayAfter(from, 0).getTime() - dayAfter(today, 0).getTime()) / millisecondsOfDay)
    if (isFirst && isEarlier?.test(gap)) return dayAfter(at, -days)
    // "A week on Monday" is not "Monday next week".
    const isCount = /^(?!next|this|coming|upcoming|volgende)(?:an?|\d+|\p{L}+) (?:days?|weeks?|months?)$/iu.test(
      relative.text
    )
    const isFrom = isFirst
      ? isLater?.test(gap) || (isCount && /^ (?:on )?$/.test(gap))
      : /^\s$/.test(gap) && (isWithin.test(relative.text) || /from now$/i.test(relative.text))
    if (isFrom) return dayAfter(at, days)
    const isOfWeek =
      days > 0 &&
      days % 7 === 0 &&
      !isCount &&
      !date.start.isCertain("day") &&
      /^,?\s(?:(?:on|am|le|el|n[ao]|op|d[ae]|of|der)\s)?$/i.test(gap)
    return isOfWeek ? dayAfter(from, ((at.getDay() + 6) % 7) - ((from.getDay() + 6) % 7)) : undefined
  }
  return {
    refine: ({ reference, text }, results) => {
      const merged: Array<chrono.ParsingResult> = []
      for (const result of results) {
        const last = merged.at(-1)
        const date = last && dateFrom(text, reference.getDateWithAdjustedTimezone(), last, result)
        if (last === undefined || date === undefined) {
          merged.push(result)
          continue
        }
        const isSecond = result.start.isCertain("hour") || isRelative(last) || isWeekday(last)
        const whole = (isSecond ? result : last).clone()
        const { day, month, year } = componentsOf(date)
        whole.start.assign("day", day).assign("month", month).assign("year", year).delete("weekday")
        whole.index = last.index
        whole.text = text.slice(last.index, result.index + result.text.length)
        merged.splice(-1, 1, whole)
      }
      return merged
    }
  }
}

const nextBefore = /(?<!\p{L})(?:(?:up)?coming|kommende[nr]?|(?:aan)?komende|aanstaande|a\.s\.|pr[óo]xim[oa]) $/iu
const nextAfter = /^ (?:que viene|que vem|pr[óo]xim[oa])(?!\p{L})/iu

/** On a Friday, "kommenden Freitag" and "sexta que vem" are a week later. */
const withoutToday: chrono.Refiner = {
  refine: ({ reference, text }, results) => {
    const today = dayAfter(reference.getDateWithAdjustedTimezone(), 0)
    for (const { index, start, text: found } of results) {
      const isToday = dayAfter(start.date(), 0).getTime() === today.getTime()
      if (!isToday || !start.isCertain("weekday") || start.isCertain("day")) continue
      if (!nextBefore.test(text.slice(0, index)) && !nextAfter.test(text.slice(index + found.length))) continue
      const { day, month, year } = componentsOf(dayAfter(today, 7))
      start.imply("day", day).imply("month", month).imply("year", year)
    }
    return results
  }
}

/** Moves the 29th of February to the next leap year. */
const leapDays: chrono.Refiner = {
  refine: ({ reference }, results) => {
    const today = dayAfter(reference.getDateWithAdjustedTimezone(), 0)
    const years = Array.from({ length: 9 }, (_, n) => today.getFullYear() + n)
    for (const { start } of results) {
      if (start.isCertain("year") || start.get("month") !== 2 || start.get("day") !== 29) continue
      const found = years.find((year) => new Date(year, 1, 29).getDate() === 29 && new Date(year, 1, 29) >= today)
      if (found !== undefined) start.imply("year", found)
    }
    return results
  }
}

/** What is done to the results before chrono joins dates and times, and after that. */
export const refinersIn = (language: Language) => ({
  first: [
    withoutSpaces,
    withoutAmountAsYear(language),
    withoutAmounts(language),
    withoutContradictions,
    midnightEndsDay,
    wholeDays,
    leapDays
  ],
  last: [countedFrom(language), withoutToday]
})
