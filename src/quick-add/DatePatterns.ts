import type { Language } from "../domain/QuickAdd.ts"
import { monthNames, oneOf } from "./Patterns.ts"
import { wordsOf } from "./Words.ts"

/** Replaces what keyboards write in other ways by text of the same length: "１７：００", "l’an", "tomorrow – 5pm". */
export const plain = (text: string) =>
  text
    .replaceAll(/[！-～]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0xfee0))
    .replaceAll(/\s/g, " ")
    .replaceAll("’", "'")
    .replaceAll(/(?<= )[–—](?= )/g, "-")

/**
 * Replaces addresses by marks of the same length, which are no words behind a date: the parsers would find a date in
 * `https://example.com/2026/12/24`. They know `segunda-feira` only.
 */
export const mask = (text: string) =>
  plain(text)
    .replaceAll(/\S*(?::\/\/|@[^\s@]+\.(?=\w))\S*/g, (address) => "•".repeat(address.length))
    .replaceAll(/(?<=(?:da|ça|ca|ta)) (?=feiras?(?!\p{L}))/giu, "-")

/** Words that the parsers do not know, and those that they know, which are not longer. */
const spellings: Readonly<Partial<Record<Language, ReadonlyArray<readonly [RegExp, string]>>>> = {
  en: [[/(?<!\S)(tue|wed)s\b(?!['-])/gi, "$1,"]],
  de: [
    [/(?<!\p{L})nae?chste([mnrs]?)(?!\p{L})/giu, "nächste$1"],
    [/(?<!\p{L})marz(?!\p{L})/giu, "märz"]
  ],
  pt: [
    [/(?<!\p{L})terca(?!\p{L})/giu, "terça"],
    [/(?<!\p{L})marco(?!\p{L})/giu, "março"],
    [/(?<!\p{L})(mei[oa]) (?=dia|noite)/giu, "$1-"]
  ]
}

/**
 * Replaces what the parsers misread by text of the same length: they do not know `24.12.`, `Tues`, `3 Dezember`,
 * `December the 4th`, `24 Dec '26` and `premier mars`.
 */
export const normalize = (text: string, language: Language) => {
  const { firstOfMonth, numberOfMonth, shortDate, withinDate } = patternsIn(language)
  const known = (spellings[language] ?? []).reduce(
    (text, [word, other]) => text.replaceAll(word, (found, end) => other.replace("$1", end).padEnd(found.length)),
    text
  )
  const numbered = known
    .replace(firstOfMonth, (word) => "1".padEnd(word.length))
    .replaceAll(withinDate, (word) => " ".repeat(word.length))
  if (language === "en") return numbered
  // chrono takes "1.1.27" for a version.
  const dotted = numbered
    .replaceAll(shortDate, "$1/$2")
    .replaceAll(/(?<![\d.])(\d)\.(\d{1,2})\.(?=\d\d(?![\d.]))/g, "$1/$2.")
  return language === "de"
    ? dotted.replaceAll(/(?<![\d.])(\d{1,2})\.(\d{1,2})\.(?!\d)/g, "$1/$2.").replaceAll(numberOfMonth, ".")
    : dotted
}

const patternsOf = (language: Language) => {
  const {
    after,
    ambiguous,
    and,
    article,
    before,
    day,
    endOfMonth,
    every,
    except,
    onDay,
    or,
    ordinal: ordinalDigits,
    ordinals,
    other,
    parts,
    time,
    until,
    weekdays
  } = wordsOf[language]
  const clock = `\\d{1,2}(?:[:.h]\\d\\d)?(?: ?(?:[ap]m|${time.unit}))?`
  const anyDay = `(?:${weekdays.join("|")})\\.?`
  const list = `(?:,|(?:,? (?:${and}|${or})| ?[&+]) )\\s*`
  const range = "(?:[-–—/]|bis|to|until|through|au|al?|até|ao|tot(?: en met)?|t/m)"
  const month = `(?:${monthNames(language).join("|")})(?!\\p{L})`
  // "Every 13th Friday" is not a day of the month.
  const ordinal = `(?:\\d\\S*|${ordinals.join("|")})`
  return {
    before: new RegExp(`(?<![\\p{L}\\p{N}])(?:(?:${before})\\s+)+(?:(?:${article})\\s+)?$`, "iu"),
    prefix: new RegExp(
      `(?:(?<![\\p{L}\\p{N}])(?:(?:${before}|${article}|for|für)(?::\\s?|\\s{1,2}))+|(?<!\\S)@\\s?)$`,
      "iu"
    ),
    firstOfMonth: new RegExp(`(?<![\\p{L}\\d])(?:${ordinals[0]})(?= (?:de )?${month})`, "iu"),
    withinDate: new RegExp(`(?<=(?<!\\p{L})${month}\\.? )(?:the(?= \\d)|(?<=\\d\\D{1,14})'(?=\\d\\d(?!\\d)))`, "giu"),
    numberOfMonth: new RegExp(`(?<=(?<![\\d.,])\\d{1,2}) (?= *${month})`, "giu"),
    // "Am 3.12", "Mo 3.12", "op 24-12".
    shortDate: new RegExp(
      `(?<=(?<!\\p{L})(?:${onDay}|${anyDay},?) )(\\d{1,2})[.-](\\d{1,2})(?=\\s*(?:$|[^\\s\\p{L}\\p{N}./-])|\\.(?:\\s|$)|\\s+(?:${time.at})\\s)`,
      "giu"
    ),
    article: new RegExp(`(?<![\\p{L}\\p{N}])(?:${article})\\s+$`, "iu"),
    after: new RegExp(`^(?:${after})(?![\\p{L}\\p{N}])`, "iu"),
    anyEvery: new RegExp(`(?<![\\p{L}\\p{N}])(?:${every})\\s`, "iu"),
    every: new RegExp(`(?<![\\p{L}\\p{N}])(?:${every})\\s+(?:${day})?(?:${ordinal}\\s+)?$`, "iu"),
    nth: new RegExp(`(?<![\\p{L}\\p{N}])(?:${ordinals.join("|")}|${other})\\s+$`, "iu"),
    ambiguous: new RegExp(`^(?:${ambiguous}|${endOfMonth})[.,]?$`, "iu"),
    followed: new RegExp(
      `^\\.?\\s*(?!(?:${time.at})\\s\\d|\\d{1,2}(?:[:.h]\\d\\d(?!\\d)| ?(?:${time.unit}|[ap]m)(?!\\p{L})))[\\p{L}\\p{N}]`,
      "iu"
    ),
    until: new RegExp(`(?<![\\p{L}\\p{N}])(?:${until})\\s+`, "iu"),
    limited: new RegExp(`^[\\s,;(]*(?:${until}|(?:(?:for|por) )?(?:${except}))(?!\\p{L})`, "iu"),
    part: new RegExp(`^\\s*(?<part>${oneOf(parts.map(([text]) => text))})(?!\\p{L})`, "iu"),
    daysBefore: new RegExp(`(?:(?<!\\p{L})${anyDay}(?:,| ${range})\\s*|(?: (?:${and}|${or})| ?[&+])\\s+)$`, "iu"),
    daysAfter: new RegExp(`^(?:${list}| ${range} )${anyDay}(?!\\p{L})`, "iu"),
    orDay: new RegExp(`^,? (?:${or}) ${anyDay}(?!\\p{L})`, "iu"),
    timesBefore: new RegExp(
      `(?<![\\p{L}\\d])(?:${clock}(?:${list}|\\s*[-–]\\s*)|(?:from|von|van|de|das?) ${clock}(?: (?:to|till|bis|à|a|às|tot))?\\s+)$`,
      "iu"
    ),
    rangeBefore: new RegExp(
      `(?<![\\p{L}\\d])\\d{1,2}${ordinalDigits}?(?:\\s*${range}\\s*| (?:${and}|${or}) )(?:(?:${article}|${before}) )?$`,
      "iu"
    ),
    monthdayAfter: new RegExp(`^,? (?:${article}) \\d`, "iu"),
    joint: new RegExp(`^(?:${list}|\\s*${range}\\s*)(?:(?:${before}|${article})\\s+)*$`, "iu"),
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
