import * as chrono from "chrono-node"
import type { Language } from "../domain/QuickAdd.ts"
import { oneOf, positionIn, unitOfAmount, wholeWords } from "./Patterns.ts"
import { hourInPart } from "./Results.ts"
import { wordsOf } from "./Words.ts"

const { de, en, es, fr, nl, pt } = chrono
const languages = { de, en, es, fr, nl, pt }

const componentsOf = (date: Date) => ({ year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() })

const dayAfter = (today: Date, days: number) => new Date(today.getFullYear(), today.getMonth(), today.getDate() + days)

// A Friday that is the 13th comes within fourteen months.
const maxMonths = 15

/** "On the 15th", "am 3.", "le 15", "Friday the 13th". The parsers know a day with its month only. */
const dayOfMonth = (language: Language): chrono.Parser => {
  const { article, onDay, ordinal, ofMonth, time, weekdays } = wordsOf[language]
  const weekdayOf = positionIn(weekdays)
  // A word behind it would be what is counted: "on the 2nd floor".
  const end = `(?![.:/-]\\d)(?=\\s*$|\\s*[^\\s\\p{L}\\p{N}%€$£]|\\s+(?:${time.at})\\s|\\s+\\d{1,2}[:.h]\\d\\d)`
  const pattern = wholeWords(
    `(?:(?:${onDay})|(?<weekday>${weekdays.join("|")}),?(?: (?:${article}))?) ` +
      `(?<day>[12]?\\d|3[01])${ordinal}(?:${ofMonth})?${end}`
  )
  return {
    pattern: () => pattern,
    extract: ({ reference }, { groups = {} }) => {
      const today = reference.getDateWithAdjustedTimezone()
      const weekday = groups.weekday === undefined ? undefined : (weekdayOf(groups.weekday) + 1) % 7
      const day = Number(groups.day)
      const dates = Array.from(
        { length: maxMonths },
        (_, n) => new Date(today.getFullYear(), today.getMonth() + n, day)
      )
      const found = dates.find(
        (date) =>
          date.getDate() === day && date >= dayAfter(today, 0) && (weekday === undefined || date.getDay() === weekday)
      )
      return found === undefined ? null : componentsOf(found)
    }
  }
}

/** Days that have a name: "overmorgen", "semana que vem". */
const relativeDays = (language: Language): ReadonlyArray<chrono.Parser> =>
  wordsOf[language].relative.map(([text, days]) => {
    const pattern = wholeWords(text)
    return {
      pattern: () => pattern,
      extract: (context) => {
        const date = dayAfter(context.reference.getDateWithAdjustedTimezone(), days)
        return context.createParsingComponents(componentsOf(date)).addTag("result/relativeDate")
      }
    }
  })

/** Weekdays that are written together with a part of the day: "Montagabend". The part is found behind the date. */
const compoundDays = (language: Language): chrono.Parser => {
  const { parts, weekdays } = wordsOf[language]
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}-])(?=\\p{L}{5})(?<weekday>${weekdays.join("|")})(?=${oneOf(parts.map(([text]) => text))}(?!\\p{L}))`,
    "iu"
  )
  const weekdayOf = positionIn(weekdays)
  return {
    pattern: () => pattern,
    extract: ({ reference }, { groups = {} }) => {
      const today = reference.getDateWithAdjustedTimezone()
      return componentsOf(dayAfter(today, (weekdayOf(groups.weekday ?? "") + 8 - today.getDay()) % 7))
    }
  }
}

/** "In 3 days" in languages whose chrono parser does not know it. */
const daysLater = (language: Language): ReadonlyArray<chrono.Parser> => {
  const { numbers, one, units, within } = wordsOf[language]
  if (within === undefined) return []
  const pattern = wholeWords(
    `(?:${within}) (?<count>\\d{1,3}|${oneOf([one, ...numbers])}) ` +
      `(?:(?:${units.DAILY})|(?<weeks>${units.WEEKLY})|(?<months>${units.MONTHLY}))`
  )
  const numberOf = positionIn([one, ...numbers])
  return [
    {
      pattern: () => pattern,
      extract: ({ reference }, { groups = {} }) => {
        const { count = "", months, weeks } = groups
        const today = reference.getDateWithAdjustedTimezone()
        const number = /^\d/.test(count) ? Number(count) : numberOf(count) + 1
        if (months === undefined) return componentsOf(dayAfter(today, number * (weeks === undefined ? 1 : 7)))
        const end = new Date(today.getFullYear(), today.getMonth() + number + 1, 0)
        return { ...componentsOf(end), day: Math.min(today.getDate(), end.getDate()) }
      }
    }
  ]
}

/** Times in words: "half past nine", "um halb neun", "a las 9 y media", "às 9h30", "om kwart over 8". */
const spokenTime = (language: Language): chrono.Parser => {
  const { time } = wordsOf[language]
  const { am, at, before, hours, minus, night, past, plus, pm, to, unit } = time
  const minuteWords = [...wordsOf[language].numbers.map((text, n) => [text, n + 2] as const), ...time.minutes]
  const patternsOf = (offsets: ReadonlyArray<readonly [string, number]>) => oneOf(offsets.map(([text]) => text))
  const anyMinutes = `[1-5]?\\d|${patternsOf(minuteWords)}`
  const pattern = wholeWords(
    `(?:(?<at>${at}) )?(?:(?<minutes>${anyMinutes}) (?:(?<past>${past})|(?:${to})) )?` +
      `(?:(?<before>${patternsOf(before)}) )?` +
      `(?<hour>[01]?\\d|2[0-3]|${oneOf(hours)})(?:(?: ?(?:${unit}) ?|[:.])(?<minute>[0-5]\\d))?(?<unit> ?(?:${unit}))?` +
      `(?: (?:(?:${plus})|(?<minus>${minus}) )(?<more>${anyMinutes}))?(?: ?(?:(?<am>${am})|(?<pm>${pm})|(?<night>${night})))?`
  )
  const hourOf = positionIn(hours)
  const offsetIn = (offsets: ReadonlyArray<readonly [string, number]>) => {
    const positionOf = positionIn(offsets.map(([text]) => text))
    return (text: string | undefined) => (text === undefined ? 0 : (offsets[positionOf(text)]?.[1] ?? 0))
  }
  const [beforeHour, minutesIn] = [offsetIn(before), offsetIn(minuteWords)]
  const minutesOf = (text: string | undefined, isLess: boolean) =>
    (isLess ? -1 : 1) * (/^\d/.test(text ?? "") ? Number(text) : minutesIn(text))
  return {
    pattern: () => pattern,
    extract: ({ text }, match) => {
      const groups = match.groups ?? {}
      const rest = text.slice((match.index ?? 0) + match[0].length)
      // "At two locations" and "2 heures" are no times.
      const isAt = groups.at !== undefined && !/^\s*(?:[\p{L}\p{N}%€$£]|[.,:/-]\d)/u.test(rest)
      const isKnown = groups.unit ?? groups.minute ?? groups.minutes ?? groups.more
      // In other languages "2 heures 30" is a duration.
      const isClock = language === "de" && groups.minute && /uhr/i.test(match[0]) ? groups.minute : undefined
      const isLess = groups.unit && groups.minus
      const isTime =
        isClock ?? isLess ?? groups.before ?? groups.am ?? groups.pm ?? groups.night ?? (groups.at && isKnown)
      // "Um 5 vor 12" needs the first word: "5 to 10" is a number of things.
      if ((isTime === undefined && !isAt) || (groups.minutes !== undefined && groups.at === undefined)) return null
      const given = /^\d/.test(groups.hour ?? "") ? Number(groups.hour) : hourOf(groups.hour ?? "") + 1
      const isEvening = groups.pm !== undefined || (groups.night !== undefined && given >= 6)
      // Twelve at night is midnight.
      const isMorning = groups.am !== undefined || (groups.night !== undefined && given === 12)
      const hour = isMorning ? given % 12 : isEvening && given < 12 ? given + 12 : given
      const minutes =
        hour * 60 +
        Number(groups.minute ?? 0) +
        minutesOf(groups.minutes, groups.past === undefined) +
        minutesOf(groups.more, groups.minus !== undefined) +
        beforeHour(groups.before)
      const inDay = (minutes + 1440) % 1440
      return { hour: Math.floor(inDay / 60), minute: inDay % 60 }
    }
  }
}

/** Parts of the day that chrono does not know: "in the evening", "in the evening at 8". */
const partsOfDay = (language: Language): ReadonlyArray<chrono.Parser> => {
  const { partsOfDay, time } = wordsOf[language]
  return partsOfDay.map(([text, part]) => {
    const pattern = wholeWords(
      `(?:${text})(?: (?:${time.at}) (?<hour>[01]?\\d|2[0-3])(?:[:.h](?<minute>[0-5]\\d))?(?: ?(?:${time.unit}))?)?`
    )
    const extract: chrono.Parser["extract"] = (_, { groups = {} }) => ({
      hour: hourInPart(Number(groups.hour ?? part), part),
      minute: Number(groups.minute ?? 0)
    })
    return { pattern: () => pattern, extract }
  })
}

/**
 * Removes amounts that chrono reads as times, and would join to a date beside them: "$12.50", "24 tomorrow", "from 1 Dec".
 * "24:00" is not a time either.
 */
const withoutAmounts = (language: Language): chrono.Refiner => {
  const { after, time } = wordsOf[language]
  const isAt = new RegExp(`^(?:${time.at}|@)(?![\\p{L}\\p{N}])`, "iu")
  const unit = new RegExp(`^\\s*(?:${after || "(?!)"})`, "iu")
  const isTime = (text: string, { index, start, text: found }: chrono.ParsingResult) => {
    // "06:05 Dec 24" is not the 5th.
    if (/\d:$/.test(text.slice(0, index))) return false
    if (!start.isCertain("hour") || start.isCertain("day") || start.isCertain("weekday")) return true
    const rest = text.slice(index + found.length)
    if (
      start.get("hour") === 24 ||
      /[$€£¥]\s?$/.test(text.slice(0, index)) ||
      unitOfAmount.test(rest) ||
      // A score.
      /\d:\d(?!\d)/.test(found)
    )
      return false
    const isNumber = /^(?:\p{L}+\s)?\d{1,2}(?:\.\d+)?$/u.test(found) && !isAt.test(found)
    return !isNumber || !/^\s+\p{L}/u.test(rest) || unit.test(rest)
  }
  return { refine: ({ text }, results) => results.filter((result) => isTime(text, result)) }
}

/** Trims results: chrono keeps the longer one of two, and "Dec" with spaces after it would be longer than "1 Dec". */
const withoutSpaces: chrono.Refiner = {
  refine: (_, results) => {
    for (const result of results) {
      result.index += result.text.length - result.text.trimStart().length
      result.text = result.text.trim()
    }
    // The first of two at one place counts: "morgen" is rather tomorrow than the morning, "10 to 5" rather a time than two.
    const rank = ({ end, start }: chrono.ParsingResult) =>
      Number(start.isCertain("day")) - (end ? 0.5 : start.tags().size > 0 ? 0.25 : 0)
    return results.toSorted((a, b) => a.index - b.index || rank(b) - rank(a))
  }
}

const millisecondsOfDay = 86_400_000

/** "2 weeks from Friday", "Freitag in zwei Wochen", "next week Monday": a date and days that are counted from it. */
const countedFrom = (language: Language): chrono.Refiner => {
  const { article, earlier, later } = wordsOf[language]
  const [isLater, isEarlier] = [later, earlier].map((text) => new RegExp(`^ (?:${text}) (?:(?:${article}) )?$`, "iu"))
  const dateFrom = (text: string, today: Date, a: chrono.ParsingResult, b: chrono.ParsingResult) => {
    const between = text.slice(a.index + a.text.length, b.index)
    const isFirst = a.tags().has("result/relativeDate")
    const [relative, date] = isFirst ? [a, b] : [b, a]
    const isDate = date.start.isCertain("day") || date.start.isCertain("weekday")
    if (isFirst === b.tags().has("result/relativeDate") || !isDate || relative.start.isCertain("hour")) return undefined
    const at = date.start.date()
    const days = Math.round((relative.start.date().getTime() - today.getTime()) / millisecondsOfDay)
    if (isFirst && isEarlier?.test(between)) return dayAfter(at, -days)
    // "A week on Monday" is not "Monday next week".
    const isCount = /^an? /i.test(relative.text)
    const isFrom = isFirst
      ? isLater?.test(between) || (isCount && /^ (?:on )?$/.test(between))
      : /^\s$/.test(between) && /^(?:in|dans|en|dentro|em|daqui|over)\s/i.test(relative.text)
    if (isFrom) return dayAfter(at, days)
    const isOfWeek =
      days === 7 &&
      !isCount &&
      !date.start.isCertain("day") &&
      /^,?\s(?:(?:on|am|le|el|na|op|d[ae]|of|der)\s)?$/i.test(between)
    return isOfWeek
      ? dayAfter(relative.start.date(), ((at.getDay() + 6) % 7) - ((relative.start.date().getDay() + 6) % 7))
      : undefined
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
        const whole = (last.tags().has("result/relativeDate") ? result : last).clone()
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

const parserOf = (language: Language) => {
  const parser = languages[language].casual.clone()
  parser.parsers.push(
    dayOfMonth(language),
    compoundDays(language),
    spokenTime(language),
    ...daysLater(language),
    ...relativeDays(language),
    ...partsOfDay(language)
  )
  parser.refiners.push(countedFrom(language))
  parser.refiners.unshift(withoutSpaces, withoutAmounts(language), leapDays)
  return parser
}

const parsers = new Map<Language, chrono.Chrono>()

/** The parser of a language. They take long to make. */
export const parserIn = (language: Language) => {
  const parser = parsers.get(language) ?? parserOf(language)
  parsers.set(language, parser)
  return parser
}
