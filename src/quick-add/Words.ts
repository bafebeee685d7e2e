import type { Language } from "../domain/QuickAdd.ts"
import { withoutAccents } from "./Patterns.ts"
import { dutch } from "./words/Dutch.ts"
import { english } from "./words/English.ts"
import { french } from "./words/French.ts"
import { german } from "./words/German.ts"
import { portuguese } from "./words/Portuguese.ts"
import { spanish } from "./words/Spanish.ts"

/** The words of a language that stand around dates. Each is a regular expression without groups that capture. */
export interface Words {
  /** Introduces a repetition. Followed by "!" it repeats after the completion. */
  readonly every: string
  readonly other: string
  /** From two to twelve. */
  readonly numbers: ReadonlyArray<string>
  /** The first five and the last, before the name of a weekday. */
  readonly ordinals: ReadonlyArray<string>
  readonly units: UnitWords
  readonly workday: string
  readonly weekend: string
  /** Workdays and weekends that repeat without a word for "every". */
  readonly onWorkdays: string
  readonly onWeekends: string
  /** From Monday on. */
  readonly weekdays: ReadonlyArray<string>
  readonly adverbs: UnitWords
  readonly and: string
  readonly or: string
  /** What may stand around the digits of the day of a month. */
  readonly day: string
  readonly ordinal: string
  /** In front of the day in "every month on the 5th". */
  readonly onDay: string
  readonly ofMonth: string
  /** Behind the day in "the 1st of every month". */
  readonly ofEveryMonth: string
  /** Around the name of a weekday that repeats: "on Mondays". */
  readonly onWeekdays: readonly [string, string]
  /** Around the name of what repeats every second time: "un lundi sur deux". */
  readonly alternately: readonly [string, string]
  /** Between the name of a weekday and the day of the month. */
  readonly article: string
  /** Days that have a name, and how many days they are from today. */
  readonly relative: ReadonlyArray<readonly [string, number]>
  /** In front of a number of hours or days. */
  readonly within: string
  readonly hours: string
  readonly minutes: string
  /** Further lengths, in minutes. */
  readonly partsOfHour: ReadonlyArray<readonly [string, number]>
  readonly one: string
  readonly nextMonth: string
  /** In front of the name of a month. */
  readonly midOf: string
  readonly endOf: string
  readonly endOfMonth: string
  readonly thisWeekend: string
  readonly nextWeekend: string
  readonly time: TimeWords
  /** Parts of the day and the hours that stand for them. */
  readonly partsOfDay: ReadonlyArray<readonly [string, number]>
  /** The same behind the name of a weekday: "every Tuesday night". */
  readonly parts: ReadonlyArray<readonly [string, number]>
  /** What is every day at a part of the day: "every morning". */
  readonly everyPart: ReadonlyArray<readonly [string, number]>
  /** Between a number of days and the date from which they are counted. */
  readonly later: string
  readonly earlier: string
  /** In front of the last day of a rule. */
  readonly until: string
  /** What limits a rule in a way that rules here do not have. */
  readonly except: string
  /** Prepositions and articles in front of a date, which belong to it. */
  readonly before: string
  /** What may follow a time, which belongs to it. */
  readonly after: string
  /** What is a date only behind a preposition, or as the last word. */
  readonly ambiguous: string
  readonly priorities: { readonly [priority in Priority]: string }
}

/** The words of a time of day: "at half past nine in the evening". */
interface TimeWords {
  readonly at: string
  /** From one to twelve. */
  readonly hours: ReadonlyArray<string>
  readonly unit: string
  /** Words in front of the hour, and the minutes that they add. */
  readonly before: ReadonlyArray<readonly [string, number]>
  /** Between minutes and the hour that they are counted from: "ten past nine", "ten to nine". */
  readonly past: string
  readonly to: string
  /** Between the hour and minutes: "tres y media", "tres menos diez". */
  readonly plus: string
  readonly minus: string
  /** Further minutes, those of several words first. */
  readonly minutes: ReadonlyArray<readonly [string, number]>
  readonly am: string
  readonly pm: string
  readonly night: string
}

type Unit = "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY"

/** `MONTHLY3` is every three months: "quarter", "quarterly". */
type UnitWords = { readonly [unit in Unit]: string } & { readonly [unit in `${Unit}${number}`]?: string }
type Priority = "low" | "medium" | "high"

const everywhere = <A>(value: A): A => {
  if (typeof value === "string") return withoutAccents(value) as A
  if (Array.isArray(value)) return value.map(everywhere) as A
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, everywhere(inner)])) as A
}

export const wordsOf: { readonly [language in Language]: Words } = everywhere({
  en: english,
  de: german,
  fr: french,
  es: spanish,
  pt: portuguese,
  nl: dutch
})
