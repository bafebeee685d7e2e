import * as chrono from "chrono-node"
import { Option, Schema } from "effect"
import type { Due } from "../domain/Due.ts"
import { dueInUtc, instantOf } from "../domain/DueTime.ts"
import { Language } from "../domain/QuickAdd.ts"
import { TimestampInput } from "../domain/Timestamp.ts"
import { isTimeZone, localTimeAt } from "../domain/TimeZone.ts"
import { findDue } from "../quick-add/DueDates.ts"
import { type CellValue, truncate } from "./TodoistCells.ts"

const { ar, de, en, es, fi, fr, id, it, ja, nl, pt, ru, sv, uk, vi, zh } = chrono
const locales: Record<string, { readonly strict: chrono.Chrono }> = {
  ...{ ar, de, en, es, fi, fr, id, it, ja, nl, pt, ru, sv, uk, vi, zh }
}

const fold = (text: string) => text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase()

const englishMonths = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

/** The names of each month in a language, long and short, in the forms that it has in a date and alone. */
const monthNames = (language: string) => {
  const formats = (["long", "short"] as const).flatMap((month) => [
    new Intl.DateTimeFormat(language, { month, timeZone: "UTC" }),
    new Intl.DateTimeFormat(language, { month, day: "numeric", timeZone: "UTC" })
  ])
  return englishMonths.map((_, month) =>
    formats.map((format) => {
      const parts = format.formatToParts(Date.UTC(2026, month, 5))
      return fold(parts.find(({ type }) => type === "month")?.value ?? "")
    })
  )
}

// Formats are slow to make. A language is two letters, so there are few.
const namesByLanguage = new Map<string, ReadonlyArray<ReadonlyArray<string>>>()

/** The English name of a month, if a word is the name or abbreviation of exactly one month. */
const toEnglishMonth = (word: string, language: string) => {
  const name = fold(word.replace(/\.$/, ""))
  if (!/^\p{L}{3}/u.test(name)) return undefined
  const months = namesByLanguage.get(language) ?? monthNames(language)
  namesByLanguage.set(language, months)
  const found = englishMonths.filter((_, month) => months[month]?.some((full) => full.startsWith(name)))
  return found.length === 1 ? found[0] : undefined
}

/** Words between a date and a time, in Todoist's languages. */
const timeWords = new Set(["@", "at", "um", "om", "kl", "klo", "alle", "as", "a", "o", "в", "о", "saat", "v", "ore"])

const toEnglish = (text: string, language: string) =>
  text
    .split(" ")
    .map((word) => toEnglishMonth(word, language) ?? (timeWords.has(fold(word.replace(/\.$/, ""))) ? "at" : word))
    .join(" ")
    .replace(/^(\d{1,2})\./, "$1")
    // A full hour: `10 Uhr`, `10h`, `at 10`.
    .replace(/ (?:at )?(\d{1,2}) ?(?:Uhr|uur|h)$| at (\d{1,2})$/i, (_, hour, bare) => ` at ${hour ?? bare}:00`)

/** Converts unambiguous numeric dates to ISO 8601: `20.11.2026`, `2026年11月20日`. */
const toIso = (text: string) =>
  text
    .replace(/(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]/, "$1-$2-$3")
    .replace(/^(\d{1,2})\.(\d{1,2})\.(\d{4})\b/, "$3-$2-$1")

// In the United States 3/4/2026 is a day in March, in other countries one in April.
const isAmbiguous = (text: string, language: string) => {
  const [, first, second] = /^(\d{1,2})\/(\d{1,2})\/\d{4}/.exec(text) ?? []
  if (first === undefined) return false
  return language === "en" ? first !== second && Number(first) <= 12 && Number(second) <= 12 : !locales[language]
}

/** Parses a text that as a whole is a date with day, month and year. "In 3 days" depends on the day of the export. */
const parseAll = (parser: chrono.Chrono, text: string) => {
  const [result, ...others] = parser.parse(text)
  if (result === undefined || others.length > 0 || result.text !== text || result.end) return undefined
  const isAbsolute = (["year", "month", "day"] as const).every((part) => result.start.isCertain(part))
  return isAbsolute && !result.tags().has("result/relativeDate") ? result.start : undefined
}

const parse = (text: string, language: string) => {
  const iso = toIso(text)
  if (isAmbiguous(iso, language)) return undefined
  const native = locales[language]
  return (native && parseAll(native.strict, iso)) ?? parseAll(en.strict, toEnglish(iso, language))
}

const isLanguage = Schema.is(Language)

const rfc3339 = Schema.decodeUnknownOption(TimestampInput)

// Longer than any date. The parsers are slow for long texts.
const maxLength = 100

const unknown = (text: string): CellValue<null> => ({
  value: null,
  warning: `${JSON.stringify(truncate(text, maxLength))} is not a date with day, month and year; imported without a due date`
})

/** The language of DATE_LANG, for `Intl` and chrono: `pt_BR` is Portuguese. */
const languageOf = (cell: string) => {
  const language = cell.trim().slice(0, 2).toLowerCase()
  return /^[a-z]{2}$/.test(language) ? language : "en"
}

/** The zone of a cell. Todoist also has zones like "GMT -7:00", which is Etc/GMT+7: its sign is the other way round. */
const zoneOf = (cell: string) =>
  cell
    .trim()
    .replace(
      /^(?:GMT|UTC) ?([+-])0?(\d{1,2})(?::?00)?$/,
      (_, sign, hours) => `Etc/GMT${sign === "-" ? "+" : "-"}${hours}`
    )

/** A repeating date from now on: "every 2 weeks at 9:00". The parser must recognize the whole text. */
export const parseRepeating = (cell: string, languageCell: string, zoneCell: string, now: number) => {
  const text = cell.trim()
  const language = languageOf(languageCell)
  const zone = zoneOf(zoneCell)
  if (!isLanguage(language) || text.length > maxLength) return undefined
  const isZoned = isTimeZone(zone)
  const { due, recurrence, rest } = findDue(text, { language, now, time_zone: isZoned ? zone : "UTC" })
  if (due === undefined || recurrence === undefined || rest.trim() !== "") return undefined
  return { due: due.time !== undefined && isZoned ? { ...due, time_zone: zone } : due, recurrence }
}

/** An instant as local time in the row's time zone, or in UTC. */
const atInstant = (instant: string, zone: string): Due => {
  if (!isTimeZone(zone)) return dueInUtc(instant)
  const localTime = new Date(localTimeAt(zone, Date.parse(instant))).toISOString()
  const due = { ...dueInUtc(localTime), time_zone: zone }
  // A local time occurs twice when the clock is set back, and means the first of the two.
  return instantOf(due) === instant ? due : dueInUtc(instant)
}

/**
 * A date as Todoist writes it in the user's language: without a time it is a whole day. A time is in the time zone of
 * the row, and without one it is meant wherever the user is.
 */
export const parseDate = (cell: string, language: string, zoneCell: string): CellValue<Due | null> => {
  const text = cell.trim().replaceAll(/\s+/g, " ")
  const zone = zoneOf(zoneCell)
  if (text === "") return { value: null }
  const exact = rfc3339(text)
  if (Option.isSome(exact)) return { value: atInstant(exact.value, zone) }
  if (text.length > maxLength) return unknown(text)
  const start = parse(text, languageOf(language))
  const [year = 0, month = 0, day = 0] = (["year", "month", "day"] as const).map((part) => start?.get(part) ?? 0)
  if (start === undefined || year < 1000) return unknown(text)
  const parts = start.isCertain("hour")
    ? (["hour", "minute", "second"] as const).map((part) => start.get(part) ?? 0)
    : []
  const [hour = 0, minute = 0, second = 0] = parts
  const localTime = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  const { date, time } = dueInUtc(localTime.toISOString())
  if (time === undefined || parts.length === 0) return { value: { date } }
  const offset = start.isCertain("timezoneOffset") ? (start.get("timezoneOffset") ?? 0) : undefined
  if (offset !== undefined) {
    if (Math.abs(offset) >= 24 * 60) return unknown(text)
    return { value: atInstant(new Date(localTime.getTime() - offset * 60_000).toISOString(), zone) }
  }
  if (zone === "") return { value: { date, time } }
  return isTimeZone(zone)
    ? { value: { date, time, time_zone: zone } }
    : {
        value: { date, time },
        warning: `the time zone ${JSON.stringify(zone)} is not known; imported without a time zone`
      }
}
