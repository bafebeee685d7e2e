import type * as chrono from "chrono-node"
import type { Language } from "../domain/QuickAdd.ts"
import { positionIn } from "./Patterns.ts"
import { wordsOf } from "./Words.ts"

export const pad = (value: number | null, length = 2) => String(value ?? 0).padStart(length, "0")

export const dateOf = (components: chrono.ParsedComponents) =>
  `${pad(components.get("year"), 4)}-${pad(components.get("month"))}-${pad(components.get("day"))}`

export const midnightTag = "casualReference/midnight"

/** A day of some month: "the 15th". */
export const dayOfMonthTag = "dayOfMonth"

/** A number of hours, which is a time only after a day: "amanhã 15h". */
export const afterDayTag = "afterDay"

export const isMidnight = ({ start }: chrono.ParsedResult) => start.tags().has(midnightTag)

const timeOf = (components: chrono.ParsedComponents) => {
  const second = components.isCertain("second") ? Number(components.get("second")) : 0
  return `${pad(components.get("hour"))}:${pad(components.get("minute"))}${second === 0 ? "" : `:${pad(second)}`}`
}

export const localDate = (date: Date) =>
  `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`

/** A weekday without a date or a time. */
export const isWeekday = ({ end, start }: chrono.ParsedResult) =>
  !end && start.isCertain("weekday") && !start.isCertain("day") && !start.isCertain("hour")

export const isRelative = (result: chrono.ParsedResult) => result.tags().has("result/relativeDate")

/** "In 3 months" is on the same day of the month, and "next month" on none. */
export const hasDay = (result: chrono.ParsedResult) =>
  result.start.isCertain("day") ||
  result.start.isCertain("weekday") ||
  (isRelative(result) &&
    /^(?:in|dans|d'ici|en|dentro|em|daqui|over|binnen|innerhalb)\s|from now$/i.test(result.text) &&
    !/\bnext\b/i.test(result.text))

const partsOfDay = [
  [/\/morning\b/, /ochtend$/i, "09:00"],
  [/\/noon\b/, /^$/, "12:00"],
  [/\/afternoon\b/, /middag$/i, "15:00"],
  [/\/(?:evening|tonight)\b/, /(?:avond|vannacht)$/i, "20:00"]
] as const

/** The hour of a part of the day. */
export const hourOfPart = (text: string | undefined, language: Language) => {
  const { parts } = wordsOf[language]
  return text === undefined ? undefined : parts[positionIn(parts.map(([part]) => part))(text)]?.[1]
}

/** An hour in a part of the day: eight in the evening is twenty o'clock. */
export const hourInPart = (hour: number, part: number) =>
  (part === 20 && hour >= 5 && hour < 12) || (part === 15 && hour < 7) ? hour + 12 : hour

/** "Tomorrow evening at 8" is 20:00. */
export const inPart = (time: string | undefined, part: number | undefined) => {
  if (time === undefined || part === undefined) return time
  return `${pad(hourInPart(Number(time.slice(0, 2)), part))}${time.slice(2)}`
}

/** The time of a result. A part of the day has a fixed time. */
export const timeIn = (result: chrono.ParsedResult) => {
  if (isMidnight(result)) return "00:00"
  const tags = Array.from(result.tags()).join()
  if (result.start.isCertain("hour")) {
    const word = /(?:middag|avond)(?= (?:om |rond )?\d)/i.exec(result.text)?.[0].toLowerCase()
    return inPart(timeOf(result.start), word === undefined ? undefined : word === "avond" ? 20 : 15)
  }
  return partsOfDay.find(([tag, word]) => tag.test(tags) || word.test(result.text.trim()))?.[2]
}

/** Whether an hour of the night is after midnight: "tonight at 12", "tonight at 1". */
export const isAfterMidnight = ({ start, text }: chrono.ParsedResult) => {
  const hour = start.get("hour") ?? 0
  const isNight = /\/(?:tonight|evening)\b/.test(Array.from(start.tags()).join()) || /van(?:nacht|avond)/i.test(text)
  return isNight && start.isCertain("hour") && (hour < 5 || (hour >= 12 && hour < 16))
}

/** "This morning" is today even when it is over. */
export const isThis = /^(?:this|cet?|cette|est[ae]) /i

/** "This evening" and "noon" mean today; "morning" alone means no day. */
export const hasTime = (result: chrono.ParsedResult) =>
  result.start.isCertain("hour") ||
  (timeIn(result) !== undefined &&
    (hasDay(result) || isThis.test(result.text) || /mi[dnt]|mei[ao]|med[iío]/i.test(result.text)))
