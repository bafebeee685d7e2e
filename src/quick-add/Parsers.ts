import * as chrono from "chrono-node"
import type { Language } from "../domain/QuickAdd.ts"
import { componentsOf, dayAfter, monthNames, oneOf, positionIn, wholeWords } from "./Patterns.ts"
import { refinersIn } from "./Refiners.ts"
import { dayOfMonthTag } from "./Results.ts"
import { partsOfDay, spokenTime } from "./Times.ts"
import { wordsOf } from "./Words.ts"

const { de, en, es, fr, nl, pt } = chrono
const languages = { de, en, es, fr, nl, pt }

// A Friday that is the 13th comes within fourteen months.
const maxMonths = 15

/** "On the 15th", "am 3.", "le 15", "Friday the 13th". The parsers know a day with its month only. */
const dayOfMonth = (language: Language): chrono.Parser => {
  const own = wordsOf[language]
  const { article, nextMonth, onDay, ordinal, ordinals, ofMonth, time, weekdays } = own
  // "Until the 15th", "ab dem 15.", "antes del 15".
  const around = `(?:${own.until}|${own.later}|${own.earlier})(?: (?:${article}))?`
  const weekdayOf = positionIn(weekdays)
  const isNextMonth = `(?=,?\\s+(?:${nextMonth})(?!\\p{L}))`
  // A word behind it would be what is counted: "on the 2nd floor".
  const end = `(?![.:/-]\\d)(?=\\s*$|\\s*[^\\s\\p{L}\\p{N}%€$£]|\\s+(?:${time.at})\\s|\\s+\\d{1,2}[:.h]\\d\\d|${isNextMonth})`
  const pattern = wholeWords(
    `(?:(?:(?:${onDay}|${around})|(?<weekday>${weekdays.join("|")}),?(?: (?:${article}))?) ` +
      `(?<day>[12]?\\d|3[01])${ordinal}(?:${ofMonth})?|(?:(?:${onDay}) )?(?:(?<first>${ordinals[0]})|(?<other>[12]?\\d|3[01])${ordinal})${isNextMonth})${end}`
  )
  return {
    pattern: () => pattern,
    extract: (context, { groups = {} }) => {
      const today = context.reference.getDateWithAdjustedTimezone()
      const weekday = groups.weekday === undefined ? undefined : (weekdayOf(groups.weekday) + 1) % 7
      const day = groups.first === undefined ? Number(groups.day ?? groups.other) : 1
      const dates = Array.from(
        { length: maxMonths },
        (_, n) => new Date(today.getFullYear(), today.getMonth() + n, day)
      )
      const found = dates.find(
        (date) =>
          date.getDate() === day && date >= dayAfter(today, 0) && (weekday === undefined || date.getDay() === weekday)
      )
      return found === undefined
        ? null
        : context.createParsingComponents(componentsOf(found)).addTag(weekday === undefined ? dayOfMonthTag : "weekday")
    }
  }
}

/** "Next month", which is a date only with a day. */
const nextMonth = (language: Language): chrono.Parser => {
  const pattern = wholeWords(wordsOf[language].nextMonth)
  return {
    pattern: () => pattern,
    extract: ({ reference }) => chrono.ParsingComponents.createRelativeFromReference(reference, { month: 1 })
  }
}

/** "End of the month", "Mitte Januar", "fin du mois prochain". */
const partOfMonth = (language: Language): chrono.Parser => {
  const { midOf, endOf, endOfMonth, nextMonth } = wordsOf[language]
  const months = monthNames(language)
  const pattern = wholeWords(
    `${endOfMonth}|(?:(?<mid>${midOf})|(?:${endOf}))[ -](?:(?<next>${nextMonth})|(?<month>${months.join("|")}))(?: (?<year>\\d{4}))?`
  )
  const monthOf = positionIn(months)
  return {
    pattern: () => pattern,
    extract: ({ reference }, { groups = {} }) => {
      const today = reference.getDateWithAdjustedTimezone()
      const [year, thisMonth] = [today.getFullYear(), today.getMonth()]
      const dateIn = (year: number, month: number) =>
        groups.mid === undefined ? new Date(year, month + 1, 0) : new Date(year, month, 15)
      if (groups.month === undefined) return componentsOf(dateIn(year, thisMonth + (groups.next === undefined ? 0 : 1)))
      const month = monthOf(groups.month) % 12
      const date = dateIn(Number(groups.year ?? year), month)
      return componentsOf(groups.year === undefined && date < dayAfter(today, 0) ? dateIn(year + 1, month) : date)
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

/** "In 3 days", "em uma hora", "dans 1h30", "in einer halben Stunde", where the parser of chrono does not know it. */
const later = (language: Language): chrono.Parser => {
  const { hours, minutes, numbers, one, partsOfHour, units, within } = wordsOf[language]
  const pattern = wholeWords(
    `(?:${within}) (?:(?<hour>\\d{1,2}) ?h ?(?<minute>[0-5]\\d)|(?<part>${oneOf(partsOfHour.map(([text]) => text))})|` +
      `(?<count>\\d{1,3}|${oneOf([one, ...numbers])}) (?:(?<hours>${hours})|(?<minutes>${minutes})|` +
      `(?:${units.DAILY})|(?<weeks>${units.WEEKLY})|(?<months>${units.MONTHLY})|(?<years>${units.YEARLY})))`
  )
  const numberOf = positionIn([one, ...numbers])
  const partOf = positionIn(partsOfHour.map(([text]) => text))
  return {
    pattern: () => pattern,
    extract: (context, { groups = {} }) => {
      const { count = "", hour, minute, part } = groups
      const number = /^\d/.test(count) ? Number(count) : numberOf(count) + 1
      const soon = part === undefined ? Number(hour) * 60 + Number(minute) : (partsOfHour[partOf(part)]?.[1] ?? 0)
      const length = groups.hours === undefined ? (groups.minutes === undefined ? soon : number) : number * 60
      if (count === "" || groups.hours !== undefined || groups.minutes !== undefined) {
        return chrono.ParsingComponents.createRelativeFromReference(context.reference, { minute: length })
      }
      const duration =
        groups.years !== undefined
          ? { year: number }
          : groups.months !== undefined
            ? { month: number }
            : { day: number * (groups.weeks === undefined ? 1 : 7) }
      return chrono.ParsingComponents.createRelativeFromReference(context.reference, duration)
    }
  }
}

/** "Dieses Wochenende" begins on Saturday, or has begun. */
const weekend = (language: Language): chrono.Parser => {
  const { nextWeekend, thisWeekend } = wordsOf[language]
  const pattern = wholeWords(`(?<next>${nextWeekend})|${thisWeekend}`)
  return {
    pattern: () => pattern,
    extract: ({ reference }, { groups = {} }) => {
      const today = reference.getDateWithAdjustedTimezone()
      const days = 6 - today.getDay()
      const later = groups.next === undefined ? 0 : 7
      return componentsOf(dayAfter(today, today.getDay() === 0 ? Math.max(later - 1, 0) : days + later))
    }
  }
}

const parserOf = (language: Language) => {
  const parser = languages[language].casual.clone()
  parser.parsers.push(
    dayOfMonth(language),
    compoundDays(language),
    nextMonth(language),
    partOfMonth(language),
    later(language),
    weekend(language),
    spokenTime(language),
    ...relativeDays(language),
    ...partsOfDay(language)
  )
  const { first, last } = refinersIn(language)
  parser.refiners.unshift(...first)
  parser.refiners.push(...last)
  return parser
}

const parsers = new Map<Language, chrono.Chrono>()

/** The parser of a language. They take long to make. */
export const parserIn = (language: Language) => {
  const parser = parsers.get(language) ?? parserOf(language)
  parsers.set(language, parser)
  return parser
}
