import type { Language } from "../domain/QuickAdd.ts"
import { wordsOf } from "./Words.ts"

export interface Span {
  readonly start: number
  readonly end: number
}

export interface RecurrencePhrase extends Span {
  readonly rrule: string
  readonly anchor: "due" | "completion"
}

type Groups = Readonly<Record<string, string | undefined>>

const days = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

/** A pattern of whole words. `\b` knows the letters of English only. */
const words = (pattern: string) => new RegExp(`(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}])`, "iu")

const monthNames = (language: Language) =>
  (["long", "short"] as const).flatMap((month) => {
    const { format } = new Intl.DateTimeFormat(language, { month, timeZone: "UTC" })
    return Array.from({ length: 12 }, (_, n) => format(Date.UTC(2026, n, 5)).replaceAll(".", "\\."))
  })

/** Which of several patterns a text is, from 0 on. */
const positionIn = (patterns: ReadonlyArray<string>) => {
  const whole = patterns.map((pattern) => new RegExp(`^(?:${pattern})$`, "iu"))
  return (text: string) => whole.findIndex((pattern) => pattern.test(text))
}

const makeFinder = (language: Language) => {
  const own = wordsOf[language]
  const { adverbs, and, every, numbers, ofMonth, ordinal, ordinals, quarter, units, weekdays } = own
  const unit = Object.entries(units)
  const day = `(?:${weekdays.join("|")})`
  const anyUnit = `${Object.values(units).join("|")}|${quarter}`
  const months = monthNames(language).join("|")
  const separator = `, ?(?:${and} )?| ${and} `
  const monthday = `(?:[12]?\\d|3[01])${ordinal}`
  // "Every 2 weeks" is no "every 2nd", and "every 2nd Friday" neither.
  const monthdays = `${own.day}(?<monthdays>${monthday}(?:(?:${separator})${monthday})*)(?! (?:${anyUnit}|${day}|${months})(?!\\p{L}))`
  const onDay = `(?: (?:${own.onDay}) (?<on>${monthday})(?! (?:de )?(?:${months})))?`
  const phrase = words(
    `(?:${every})(?<after>!)? (?:` +
      `(?:(?<nth>${ordinals.join("|")}) (?:(?<nthDay>${day})|(?:${units.DAILY}))(?<ofMonth>${ofMonth})?)` +
      `|(?:${monthdays}(?:${ofMonth})?)` +
      `|(?:(?:(?<interval>\\d{1,3}|${own.other}|${numbers.join("|")})|(?<every>\\d{1,2})${ordinal}|(?<position>${ordinals.join("|")})) )?` +
      `(?:${unit.map(([name, text]) => `(?<${name}>${text})${name === "MONTHLY" ? onDay : ""}`).join("|")}|(?<quarter>${quarter}))` +
      `|(?<workday>${own.workday})|(?<weekend>${own.weekend})` +
      `|(?:(?<other>${own.other}) )?(?:(?<from>${day}) ?[-–] ?(?<to>${day})|(?<weekdays>${day}(?:(?:${separator})${day})*)))`
  )
  const adverb = words(
    Object.entries(adverbs)
      .map(([name, text]) => `(?<${name}>${text})`)
      .join("|")
  )
  const dayOf = positionIn(weekdays)
  const numberOf = positionIn(numbers)
  const ordinalOf = positionIn(ordinals)
  const splitter = new RegExp(separator, "iu")
  const list = (values: ReadonlyArray<number>) => Array.from(new Set(values)).toSorted((a, b) => a - b)
  const weekly = (values: ReadonlyArray<number>, interval = "") =>
    `FREQ=WEEKLY${interval};BYDAY=${list(values)
      .map((n) => days[n])
      .join()}`

  const intervalOf = ({ every, interval, position }: Groups) => {
    if (every !== undefined) return Number(every)
    if (position !== undefined) return ordinalOf(position) + 1
    if (interval === undefined) return 1
    return /^\d/.test(interval) ? Number(interval) : Math.max(numberOf(interval), 0) + 2
  }

  const ruleOf = (groups: Groups) => {
    if (groups.nth !== undefined) {
      const position = ordinalOf(groups.nth)
      const isLast = position === ordinals.length - 1
      if (groups.nthDay !== undefined) {
        return `FREQ=MONTHLY;BYDAY=${isLast ? -1 : position + 1}${days[dayOf(groups.nthDay)]}`
      }
      if (isLast) return "FREQ=MONTHLY;BYMONTHDAY=-1"
      const isMonthly = groups.ofMonth !== undefined || position === 0
      return isMonthly ? `FREQ=MONTHLY;BYMONTHDAY=${position + 1}` : `FREQ=DAILY;INTERVAL=${position + 1}`
    }
    const numbersIn = (text: string) => list(Array.from(text.matchAll(/\d+/g), ([digits]) => Number(digits)))
    if (groups.monthdays !== undefined) {
      const numbers = numbersIn(groups.monthdays)
      return numbers[0] === 0 ? undefined : `FREQ=MONTHLY;BYMONTHDAY=${numbers.join()}`
    }
    const frequency = groups.quarter === undefined ? unit.find(([name]) => groups[name] !== undefined)?.[0] : "MONTHLY"
    if (frequency !== undefined) {
      const count = intervalOf(groups) * (groups.quarter === undefined ? 1 : 3)
      if (count === 0) return undefined
      const on = frequency === "MONTHLY" && groups.on !== undefined ? `;BYMONTHDAY=${numbersIn(groups.on)}` : ""
      return `FREQ=${frequency}${count === 1 ? "" : `;INTERVAL=${count}`}${on}`
    }
    const interval = groups.other === undefined ? "" : ";INTERVAL=2"
    if (groups.workday !== undefined) return weekly([0, 1, 2, 3, 4])
    if (groups.weekend !== undefined) return weekly([5, 6])
    if (groups.from !== undefined && groups.to !== undefined) {
      const [from, to] = [dayOf(groups.from), dayOf(groups.to)]
      const length = ((to - from + 7) % 7) + 1
      return weekly(
        Array.from({ length }, (_, n) => (from + n) % 7),
        interval
      )
    }
    return weekly((groups.weekdays ?? "").split(splitter).map(dayOf), interval)
  }

  return (text: string): RecurrencePhrase | undefined => {
    const found = phrase.exec(text) ?? adverb.exec(text)
    const rrule = found?.groups && ruleOf(found.groups)
    if (found === null || rrule === undefined) return undefined
    const { index } = found
    const anchor = found.groups?.after === undefined ? "due" : "completion"
    return { start: index, end: index + found[0].length, rrule, anchor }
  }
}

const finders = new Map<Language, ReturnType<typeof makeFinder>>()

/** What a text says about how often something repeats: "every 2 weeks", "jeden Montag und Freitag", "chaque jour". */
export const findRecurrence = (text: string, language: Language) => {
  const find = finders.get(language) ?? makeFinder(language)
  finders.set(language, find)
  return find(text)
}
