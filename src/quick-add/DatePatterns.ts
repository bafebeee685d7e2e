import type { Language } from "../domain/QuickAdd.ts"
import { oneOf } from "./Patterns.ts"
import { wordsOf } from "./Words.ts"

/**
 * Replaces what the parsers misread by text of the same length: they would find a date in the URL
 * `https://example.com/2026/12/24`, and do not know `24.12.`, `Tues` and `aujourd’hui`.
 */
export const normalize = (text: string, language: Language) => {
  const masked = text
    .replaceAll(/\S*(?::\/\/|@[^\s@]+\.)\S*/g, (address) => "x".repeat(address.length))
    .replaceAll("’", "'")
  if (language === "en") return masked.replaceAll(/(?<!\S)(?:tues|weds)\b(?!['-])/gi, (name) => `${name.slice(0, 3)},`)
  // chrono takes "1.1.27" for a version.
  const dotted = masked.replaceAll(/(?<![\d.])(\d)\.(\d{1,2})\.(?=\d\d(?![\d.]))/g, "$1/$2.")
  return language === "de" ? dotted.replaceAll(/(?<![\d.])(\d{1,2})\.(\d{1,2})\.(?!\d)/g, "$1/$2.") : dotted
}

const patternsOf = (language: Language) => {
  const { after, ambiguous, and, article, before, day, every, ordinals, other, parts, time, until, weekdays } =
    wordsOf[language]
  const clock = `\\d{1,2}(?:[:.h]\\d\\d)?(?: ?(?:[ap]m|${time.unit}))?`
  const anyDay = `(?:${weekdays.join("|")})\\.?`
  const list = `(?:,|(?:,? (?:${and}|or|oder|ou)| ?[&+]) )\\s*`
  // "Every 13th Friday" is not a day of the month.
  const ordinal = `(?:\\d\\S*|${ordinals.join("|")})`
  return {
    before: new RegExp(`(?<![\\p{L}\\p{N}])(?:(?:${before})\\s+)+(?:(?:${article})\\s+)?$`, "iu"),
    prefix: new RegExp(
      `(?:(?<![\\p{L}\\p{N}])(?:(?:${before}|${article}|for|für)(?::\\s?|\\s{1,2}))+|(?<!\\S)@\\s?)$`,
      "iu"
    ),
    article: new RegExp(`(?<![\\p{L}\\p{N}])(?:${article})\\s+$`, "iu"),
    after: new RegExp(`^(?:${after})(?![\\p{L}\\p{N}])`, "iu"),
    anyEvery: new RegExp(`(?<![\\p{L}\\p{N}])(?:${every})\\s`, "iu"),
    every: new RegExp(`(?<![\\p{L}\\p{N}])(?:${every})\\s+(?:${day})?(?:${ordinal}\\s+)?$`, "iu"),
    nth: new RegExp(`(?<![\\p{L}\\p{N}])(?:${ordinals.join("|")}|${other})\\s+$`, "iu"),
    ambiguous: new RegExp(`^(?:${ambiguous})[.,]?$`, "iu"),
    followed: new RegExp(
      `^\\.?\\s*(?!(?:${time.at})\\s\\d|\\d{1,2}(?:[:.h]\\d\\d(?!\\d)| ?(?:${time.unit}|[ap]m)(?!\\p{L})))[\\p{L}\\p{N}]`,
      "iu"
    ),
    until: new RegExp(`(?<![\\p{L}\\p{N}])(?:${until})\\s+`, "iu"),
    part: new RegExp(`^\\s*(?<part>${oneOf(parts.map(([text]) => text))})(?!\\p{L})`, "iu"),
    daysBefore: new RegExp(`(?:(?<!\\p{L})${anyDay},|(?: (?:${and}|or|oder|ou)| ?[&+]))\\s+$`, "iu"),
    daysAfter: new RegExp(`^${list}${anyDay}(?!\\p{L})`, "iu"),
    timesBefore: new RegExp(
      `(?<![\\p{L}\\d])(?:${clock}(?:${list}|\\s*[-–]\\s*)|(?:from|von|van|de|das?) ${clock}(?: (?:to|till|bis|à|a|às|tot))?\\s+)$`,
      "iu"
    ),
    joint: new RegExp(`^${list}(?:(?:${before}|${article})\\s+)*$`, "iu"),
    timesAfter: new RegExp(`^${list}${clock}(?=$|[\\s,;.)])(?!\\s+(?!${and}\\s)\\p{L}{3})`, "iu")
  }
}

const patterns = new Map<Language, ReturnType<typeof patternsOf>>()

/** Patterns for the text around a date, made once for each language. */
export const patternsIn = (language: Language) => {
  const found = patterns.get(language) ?? patternsOf(language)
  patterns.set(language, found)
  return found
}
