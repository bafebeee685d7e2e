import type * as chrono from "chrono-node"
import type { Language } from "../domain/QuickAdd.ts"
import { oneOf, positionIn, wholeWords } from "./Patterns.ts"
import { afterDayTag, hourInPart, midnightTag } from "./Results.ts"
import { wordsOf } from "./Words.ts"

/** Times in words: "half past nine", "um halb neun", "a las 9 y media", "às 9h30", "om kwart over 8". */
export const spokenTime = (language: Language): chrono.Parser => {
  const { time } = wordsOf[language]
  const { am, at, before, hours, minus, night, past, plus, pm, to, unit } = time
  const minuteWords = [...wordsOf[language].numbers.map((text, n) => [text, n + 2] as const), ...time.minutes]
  const patternsOf = (offsets: ReadonlyArray<readonly [string, number]>) => oneOf(offsets.map(([text]) => text))
  const anyMinutes = `[1-5]?\\d|${patternsOf(minuteWords)}`
  const pattern = wholeWords(
    `(?:(?<at>${at}|@) )?(?:(?<minutes>${anyMinutes}) (?:(?<past>${past})|(?:${to})) )?` +
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
    extract: (context, match) => {
      const groups = match.groups ?? {}
      const rest = context.text.slice((match.index ?? 0) + match[0].length)
      // "At two locations" and "2 heures" are no times.
      const isAt = groups.at !== undefined && !/^\s*(?:[\p{L}\p{N}%€$£]|[.,:/-]\d)/u.test(rest)
      const isKnown = groups.unit ?? groups.minute ?? groups.minutes ?? groups.more
      // In other languages "2 heures 30" is a duration.
      const isClock = language === "de" && groups.minute && /uhr/i.test(match[0]) ? groups.minute : undefined
      const isLess = groups.unit && groups.minus
      const isTime =
        isClock ?? isLess ?? groups.before ?? groups.am ?? groups.pm ?? groups.night ?? (groups.at && isKnown)
      // "Um 5 vor 12" needs the first word: "5 to 10" is a number of things.
      if (groups.minutes !== undefined && groups.at === undefined && groups.before === undefined) return null
      const given = /^\d/.test(groups.hour ?? "") ? Number(groups.hour) : hourOf(groups.hour ?? "") + 1
      const isAfterDay = isTime === undefined && !isAt
      if (isAfterDay && ((groups.unit ?? groups.minute) === undefined || given < 6)) return null
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
      const found = context.createParsingComponents({ hour: Math.floor(inDay / 60), minute: inDay % 60 })
      if (isAfterDay) return found.addTag(afterDayTag)
      return groups.night !== undefined && inDay === 0 ? found.addTag(midnightTag) : found
    }
  }
}

/** Parts of the day that chrono does not know: "in the evening", "in the evening at 8". */
export const partsOfDay = (language: Language): ReadonlyArray<chrono.Parser> => {
  const { partsOfDay, time } = wordsOf[language]
  return partsOfDay.map(([text, part]) => {
    const pattern = wholeWords(
      `(?:${text})(?: (?:${time.at}) (?<hour>[01]?\\d|2[0-3])(?:(?: ?(?:${time.unit}) ?|[:.h])(?<minute>[0-5]\\d))?(?: ?(?:${time.unit}))?)?`
    )
    const extract: chrono.Parser["extract"] = (_, { groups = {} }) => ({
      hour: hourInPart(Number(groups.hour ?? part), part),
      minute: Number(groups.minute ?? 0)
    })
    return { pattern: () => pattern, extract }
  })
}
