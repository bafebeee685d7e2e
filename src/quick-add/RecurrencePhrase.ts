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

const days = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

/** A pattern of whole words. `\b` knows the letters of English only. */
const words = (pattern: string) => new RegExp(`(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}])`, "iu")

const makeFinder = (language: Language) => {
  const { adverbs, and, every, ordinal, other, units, weekdays, workday } = wordsOf[language]
  const unit = Object.entries(units)
  const day = `(?:${weekdays.join("|")})`
  // The longest come first: "every 2 weeks" is no "every 2nd".
  const phrase = words(
    `(?:${every})(?<after>!)? (?:(?:(?<interval>\\d{1,3}|${other}) )?(?:${unit.map(([name, text]) => `(?<${name}>${text})`).join("|")})` +
      `|(?<workday>${workday})|(?<weekdays>${day}(?:(?:, ?| ${and} |, ${and} )${day})*)|(?<monthday>[12]?\\d|3[01])${ordinal})`
  )
  const adverb = words(
    Object.entries(adverbs)
      .map(([name, text]) => `(?<${name}>${text})`)
      .join("|")
  )
  const dayPatterns = weekdays.map((text) => new RegExp(`^(?:${text})$`, "iu"))
  const separator = new RegExp(`, ?(?:${and} )?| ${and} `, "iu")
  const frequencyIn = (groups: Readonly<Record<string, string | undefined>>) =>
    unit.find(([name]) => groups[name] !== undefined)?.[0]

  const ruleOf = (groups: Readonly<Record<string, string | undefined>>) => {
    const frequency = frequencyIn(groups)
    if (frequency !== undefined) {
      const { interval } = groups
      const count = interval === undefined ? 1 : /^\d/.test(interval) ? Number(interval) : 2
      if (count === 0) return undefined
      return count === 1 ? `FREQ=${frequency}` : `FREQ=${frequency};INTERVAL=${count}`
    }
    if (groups.workday !== undefined) return "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
    if (groups.weekdays !== undefined) {
      const named = groups.weekdays.split(separator).map((name) => dayPatterns.findIndex((text) => text.test(name)))
      return `FREQ=WEEKLY;BYDAY=${Array.from(new Set(named))
        .toSorted()
        .map((n) => days[n])
        .join()}`
    }
    return groups.monthday === "0" ? undefined : `FREQ=MONTHLY;BYMONTHDAY=${groups.monthday}`
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
