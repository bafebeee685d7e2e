import type { Language } from "../domain/QuickAdd.ts"
import { monthNames, oneOf, positionIn, wholeWords } from "./Patterns.ts"
import { type Words, wordsOf } from "./Words.ts"

export interface Span {
  readonly start: number
  readonly end: number
}

export interface RecurrencePhrase extends Span {
  readonly rrule: string
  readonly anchor: "due" | "completion"
  /** The hour of a part of the day: "every Tuesday night", "every morning". */
  readonly part: number | undefined
  /** Whether what follows limits it in a way that rules here do not have: "every day except Sunday". */
  readonly isLimited: boolean
}

type Groups = Readonly<Record<string, string | undefined>>

const names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

const unitName = /^([A-Z]+LY)([1-9]\d*)?$/

const makeFinder = (language: Language) => {
  const own = wordsOf[language]
  const { adverbs, and, every, numbers, ofEveryMonth, ofMonth, ordinal, ordinals, parts, time, units, weekdays } = own
  const abbreviated = "(?:(?<=(?<!\\p{L})\\p{L}{2,5})\\.(?!\\d))?"
  const day = `(?:${weekdays.join("|")})${abbreviated}`
  const anyUnit = Object.values(units).join("|")
  const months = monthNames(language).join("|")
  const separator = `, ?(?:${and} )?| (?:${and}|[&+]) |/`
  const days = `${day}(?:(?:${separator}| )${day})*`
  const through = "(?: ?[-–] ?| (?:to|through|thru|bis|au?|à|até|t/m|tot(?: en met)?) )"
  const anyEveryPart = oneOf(own.everyPart.map(([text]) => text))
  const anyPart = oneOf(parts.map(([text]) => text))
  const monthday = `(?:[12]?\\d|3[01])${ordinal}`
  // Each word of a list has one way to match: with two, the expression takes 2^n steps for n words.
  const beforeDay = `(?:(?:${own.onDay}) |(?!(?:${own.onDay}) )(?:${own.article}) )?`
  const everyMonthday = `(?:[12]?\\d|3[01])(?:${ordinal}|(?!\\. ?[^\\s]|[,/:]\\d))`
  const nth = `(?:${ordinals.join("|")}|${own.other})`
  const dayOfRule = `(?:${day}|${own.workday})`
  const places = `(?:${ordinals.join("|")})(?:(?:${separator})(?:${ordinals.join("|")}|${own.other}))*`
  // "Every 2 weeks" is no "every 2nd", and "every 2nd Friday" neither.
  const monthdays = `(?<dayWord>${own.day})(?<monthdays>${everyMonthday}(?:(?:${separator})${everyMonthday})*)(?! (?:de )?(?:${anyUnit}|${dayOfRule}|${months})(?!\\p{L}))`
  const onDay =
    `(?: (?:${own.onDay}) (?:(?<on>${monthday}(?:(?:${separator})${monthday})*)(?! (?:de )?(?:${months}))` +
    `|(?:${own.article} )?(?<onNth>${places}|${nth}) (?:(?<onNthDay>${dayOfRule})|(?:${units.DAILY}))))?`
  const [beforePlural, plural] = own.onWeekdays
  // "Mondays" is one of both, rather than "Monday" with a plural, too.
  const dayOrPlural = `(?:${day}(?!\\p{L})|(?!${day}(?!\\p{L}))${day}(?:${plural}))`
  const onDays =
    `(?: (?!${own.until})(?:(?:${own.onDay}) |${beforePlural}(?=\\p{L}{5}))` +
    `(?<onDays>${dayOrPlural}(?:(?:${separator}| )${dayOrPlural})*))?`
  const withDays = (words: Words["units"]) => {
    const named = Object.entries(words).map(([name, text]) => `(?<${name}>${text})`)
    const of = (frequency: string) => oneOf(named.filter((group) => group.startsWith(`(?<${frequency}`)))
    return `${of("DAILY")}|${of("WEEKLY")}${onDays}|${of("MONTHLY")}${onDay}|${of("YEARLY")}`
  }
  const phrase = wholeWords(
    `(?:(?:${own.onDay}|${own.before}) )?(?:${own.article} )?` +
      `(?:(?<monthdayOf>${monthday}(?:(?:${separator})${beforeDay}${monthday})*)|(?<nthOf>${nth})(?: (?:(?<nthDayOf>${dayOfRule})|(?:${units.DAILY})))?)(?:${ofEveryMonth})` +
      `|(?:(?:${own.onDay}|${own.before}) )?(?<weeklyOf>${dayOrPlural}(?:(?:${separator}| )(?:(?:${own.onDay}) )?${dayOrPlural})*) (?:${every}) (?:${units.WEEKLY})` +
      `|(?:(?:${own.before}) )?(?:${every})(?<after>!)? (?:` +
      `(?<workday>${own.workday})|(?:(?<otherWeekend>${own.other}) )?(?<weekend>${own.weekend})|(?<everyPart>${anyEveryPart})|` +
      `(?:(?<nth>${places}) (?:(?<nthDay>${dayOfRule})|(?:${units.DAILY}))(?<ofMonth>${ofMonth})?)` +
      `|(?:${monthdays}(?:${ofMonth})?)` +
      `|(?:(?:(?<interval>\\d{1,3}|${own.other}|${numbers.join("|")})|(?<every>\\d{1,2})${ordinal}|(?<position>${ordinals.join("|")})) )?` +
      `(?:${withDays(units)})` +
      `|(?:(?<other>${own.other}|\\d{1,2}|${numbers.join("|")}) )?(?:(?<from>${day})${through}(?<to>${day})` +
      `|(?<weekdays>${days})(?: ?(?<part>${anyPart}))?(?<otherOf>${ofMonth})?))` +
      `|${own.alternately[0]}(?:(?<alternateDay>${day})|(?<alternateUnit>${anyUnit}))${own.alternately[1]}` +
      `|${beforePlural}(?=\\p{L}{5})(?<plural>${day}${plural}(?:(?:${separator})(?=\\p{L}{5})${day}${plural})*)(?:${through}(?<pluralTo>${day}${plural}))?(?: (?<pluralPart>${anyPart}))?`
  )
  const following = `(?:${every}|${own.before}|${own.until}|${time.at})(?!\\p{L})`
  const mayFollow = new RegExp(`^\\s+${following}`, "iu")
  // "Weekly report" has an adjective.
  const adverb = wholeWords(
    `(?<!(?<!\\p{L})(?:the|an?|le|la|el|der|die|das|de|het|une?|una) |(?:twice|times|mal|\\dx|fois|veces|vezes|keer|maal) )(?:${withDays(adverbs)}|(?<onWorkdays>${own.onWorkdays})|(?<onWeekends>${own.onWeekends}))(?![\\p{L}\\p{N}-]|\\s+(?!${following})(?:\\p{L}|\\d:\\d(?!\\d)))`
  )
  const limit = new RegExp(
    // "Every Monday at 9 and Friday at 10", "every morning and evening".
    `^(?:\\s+(?:${time.at}) \\d{1,2}(?:[:.h]\\d\\d)?(?: ?(?:[ap]m|${time.unit}))?)?\\s+(?:(?:${and}|${own.or}) (?:(?:${own.onDay}) )?(?:${every}|${nth}|${dayOrPlural}|${monthday}|${anyEveryPart}|${numbers.join("|")})|` +
      // "Every year on the first Monday of September".
      `(?:${own.onDay}) (?:${own.article} )?${nth} (?:${dayOfRule}|${units.DAILY})|` +
      `(?:(?:of|in|im|en|em|de|van) )?(?:${months})(?! \\d)` +
      // "Every first Monday of the quarter".
      `|(?:of|in|im|en|em|de|van|du|del|do|da) (?:\\p{L}+[ '])?(?:${anyUnit})` +
      `|(?:for|für|pendant|durante|por|voor) (?:\\d+|${numbers.join("|")}) (?:${anyUnit})` +
      // "Every Friday the 13th", "monthly on the 15", "every 2nd to last day".
      `|to last|(?!${own.until})(?:(?:(?:${own.article}|${own.onDay}) )?${monthday}|(?:${own.onDay}) (?:${own.article} )?(?:\\d{1,2}(?![./-])|${nth}))(?=\\s*(?:$|[^\\s\\p{L}\\p{N}])|\\s+(?:${time.at})\\s))(?!\\p{L})`,
    "iu"
  )
  const clock = `(?:(?:${time.at}) )?\\d{1,2}(?:[:.h]\\d\\d)?(?: ?(?:[ap]m|${time.unit}))?`
  const severalTimes = new RegExp(`^\\s+${clock}(?:,| (?:${and}|${own.or})| ?&) ?${clock}`, "iu")
  const onWeekday = new RegExp(`^ (?:(?:${own.onDay}) )?${day}(?![\\p{L}\\p{N}]| \\d)`, "iu")
  const withoutDot = (position: (text: string) => number) => (text: string) => position(text.replace(".", ""))
  const dayOf = withoutDot(positionIn(weekdays))
  const numberOf = positionIn(numbers)
  const ordinalOf = positionIn(ordinals)
  const pluralOf = withoutDot(positionIn(weekdays.map((name) => `(?:${name})(?:${plural})?`)))
  const partOf = positionIn(parts.map(([text]) => text))
  const everyPartOf = positionIn(own.everyPart.map(([text]) => text))
  const placeSplitter = new RegExp(separator, "iu")
  /** From 1 on, or -1 for the last. */
  const placeOf = (text: string) => {
    const position = ordinalOf(text)
    return position < 0 ? 2 : position === ordinals.length - 1 ? -1 : position + 1
  }
  const nthOfMonth = (text: string, weekday: string | undefined) => {
    const places = text.split(placeSplitter).map(placeOf)
    if (weekday === undefined) return `;BYMONTHDAY=${places}`
    const name = names[dayOf(weekday)]
    // Any other day is a workday.
    return name === undefined
      ? `;BYDAY=${names.slice(0, 5)};BYSETPOS=${places}`
      : `;BYDAY=${places.map((place) => `${place}${name}`)}`
  }
  const splitter = new RegExp(`${separator}| `, "iu")
  const list = (values: ReadonlyArray<number>) => Array.from(new Set(values)).toSorted((a, b) => a - b)
  const weekly = (values: ReadonlyArray<number>, interval = "") =>
    `FREQ=WEEKLY${interval};BYDAY=${list(values)
      .map((n) => names[n])
      .join()}`

  const daysFrom = (from: number, to: number) =>
    Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, n) => (from + n) % 7)

  const hourOf = ({ everyPart, part, pluralPart = part }: Groups) =>
    everyPart === undefined ? parts[partOf(pluralPart ?? "")]?.[1] : own.everyPart[everyPartOf(everyPart)]?.[1]

  const intervalOf = (interval: string | undefined, { every, position }: Groups) => {
    if (every !== undefined) return Number(every)
    if (position !== undefined) return ordinalOf(position) + 1
    if (interval === undefined) return 1
    return /^\d/.test(interval) ? Number(interval) : Math.max(numberOf(interval), 0) + 2
  }

  const numbersIn = (text: string) => list(Array.from(text.matchAll(/\d+/g), ([digits]) => Number(digits)))

  const ruleOf = (groups: Groups) => {
    if (groups.monthdayOf !== undefined) return `FREQ=MONTHLY;BYMONTHDAY=${numbersIn(groups.monthdayOf)}`
    if (groups.nthOf !== undefined) return `FREQ=MONTHLY${nthOfMonth(groups.nthOf, groups.nthDayOf)}`
    if (groups.nth !== undefined) {
      const place = placeOf(groups.nth)
      const isMonthly = groups.nthDay !== undefined || groups.ofMonth !== undefined || Math.abs(place) === 1
      return isMonthly ? `FREQ=MONTHLY${nthOfMonth(groups.nth, groups.nthDay)}` : `FREQ=DAILY;INTERVAL=${place}`
    }
    if (groups.monthdays !== undefined) {
      const numbers = numbersIn(groups.monthdays)
      return numbers[0] === 0 ? undefined : `FREQ=MONTHLY;BYMONTHDAY=${numbers.join()}`
    }
    if (groups.alternateDay !== undefined) return weekly([dayOf(groups.alternateDay)], ";INTERVAL=2")
    const several = groups.plural ?? groups.weeklyOf
    if (several !== undefined) {
      const found = several
        .split(splitter)
        .map(pluralOf)
        .filter((n) => n >= 0)
      const [from = 0] = found
      return weekly(groups.pluralTo === undefined ? found : daysFrom(from, pluralOf(groups.pluralTo)))
    }
    if (groups.everyPart !== undefined) return "FREQ=DAILY"
    const alternate = Object.entries(units).find(([, text]) =>
      wholeWords(`^(?:${text})$`).test(groups.alternateUnit ?? "")
    )
    const found =
      alternate?.[0] ?? Object.keys(groups).find((name) => unitName.test(name) && groups[name] !== undefined)
    const [, frequency, length = 1] = unitName.exec(found ?? "") ?? []
    if (frequency !== undefined) {
      const count = (alternate === undefined ? intervalOf(groups.interval, groups) : 2) * Number(length)
      if (count === 0 || count > 999) return undefined
      const day = groups.on === undefined ? "" : `;BYMONTHDAY=${numbersIn(groups.on)}`
      const on = groups.onNth === undefined ? day : nthOfMonth(groups.onNth, groups.onNthDay)
      const interval = count === 1 ? "" : `;INTERVAL=${count}`
      if (groups.onDays !== undefined) return weekly(groups.onDays.split(splitter).map(pluralOf), interval)
      return `FREQ=${frequency}${interval}${frequency === "MONTHLY" ? on : ""}`
    }
    if ((groups.workday ?? groups.onWorkdays) !== undefined) return weekly([0, 1, 2, 3, 4])
    if ((groups.weekend ?? groups.onWeekends) !== undefined)
      return weekly([5, 6], groups.otherWeekend === undefined ? "" : ";INTERVAL=2")
    const weekdaysIn = (groups.weekdays ?? "").split(splitter)
    if (groups.otherOf !== undefined && groups.other !== undefined) {
      return `FREQ=MONTHLY${nthOfMonth(groups.other, weekdaysIn[0])}`
    }
    const count = intervalOf(groups.other, {})
    if (count === 0) return undefined
    const interval = count === 1 ? "" : `;INTERVAL=${count}`
    if (groups.from !== undefined && groups.to !== undefined) {
      return weekly(daysFrom(dayOf(groups.from), dayOf(groups.to)), interval)
    }
    return weekly(weekdaysIn.map(dayOf), interval)
  }

  /** "Toutes les 2 heures" and "cada 8 horas" name no day of the month. */
  const isCount = ({ dayWord, monthdays = "x" }: Groups, rest: string) =>
    !dayWord && /^[\d ,/]+$/.test(monthdays) && /^\s+\p{L}/u.test(rest) && !mayFollow.test(rest)

  return (text: string): RecurrencePhrase | undefined => {
    const [found] = [phrase.exec(text), adverb.exec(text)]
      .filter((match) => match !== null)
      .toSorted((a, b) => a.index - b.index)
    if (found === undefined) return undefined
    const { groups = {}, index } = found
    const end = index + found[0].length
    const rrule = isCount(groups, text.slice(end)) ? undefined : ruleOf(groups)
    const anchor = groups.after === undefined ? "due" : "completion"
    if (rrule === undefined) return undefined
    const rest = text.slice(end)
    // "Every month on Monday" says neither which one nor that it is the only one.
    const isUnclear = /^FREQ=(?:MONTHLY|YEARLY)(?:;INTERVAL=\d+)?$/.test(rrule) && onWeekday.test(rest)
    const isLimited = isUnclear || limit.test(rest) || severalTimes.test(rest)
    return { start: index, end, rrule, anchor, part: hourOf(groups), isLimited }
  }
}

const finders = new Map<Language, ReturnType<typeof makeFinder>>()

/** Finds how often a task repeats in a text: "every 2 weeks", "jeden Montag und Freitag", "chaque jour". */
export const findRecurrence = (text: string, language: Language) => {
  const find = finders.get(language) ?? makeFinder(language)
  finders.set(language, find)
  return find(text)
}
