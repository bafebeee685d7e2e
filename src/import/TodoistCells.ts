import { DateTime, Option } from "effect"
import type { TaskPriority } from "../domain/Task.ts"

/** What a cell of Todoist's CSV means to us, and what of it could not be kept. */
export interface Reading<A> {
  readonly value: A
  readonly warning?: string
}

// In the CSV 1 is p1, the highest, and 4 is what a task has that was given none (in Todoist's API it is
// the other way round). Todoist's own import takes an empty cell for p1; nobody who left it empty meant that.
const priorities: Record<string, TaskPriority> = { "1": "high", "2": "medium", "3": "low", "4": "none", "": "none" }

export const priority = (cell: string): Reading<TaskPriority> => {
  const value = priorities[cell.trim()]
  return value === undefined ? { value: "none", warning: "PRIORITY: Must be 1, 2, 3 or 4" } : { value }
}

const length = (text: string) => Array.from(text).length

/** A title and the labels in it: words that begin with @. An address like ada@example.com has none. */
export const content = (cell: string) => {
  const words = cell.trim().split(/\s+/u)
  const isLabel = (word: string) => /^@[^@]+$/u.test(word) && length(word) <= 51
  const labels = new Map<string, string>()
  for (const word of words.filter(isLabel)) {
    const name = word.slice(1)
    if (!labels.has(name.toLowerCase())) labels.set(name.toLowerCase(), name)
  }
  const title = words.filter((word) => !isLabel(word)).join(" ")
  return { title: title === "" ? words.join(" ") : title, labels: Array.from(labels.values()).slice(0, 50) }
}

/** The beginning of a text, no longer than `max` code points. */
export const cut = (text: string, max: number) =>
  length(text) <= max
    ? text
    : `${Array.from(text)
        .slice(0, max - 1)
        .join("")}…`

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
const time = String.raw`(?:[T ]\s*(?:at\s+)?(\d{1,2}):(\d\d)(?::(\d\d))?(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?)?`
const numeric = new RegExp(String.raw`^(\d{4})-(\d\d)-(\d\d)${time}$`, "i")
const dayFirst = new RegExp(String.raw`^(\d{1,2}) ([a-z]{3})[a-z]* (\d{4})${time}$`, "i")
const monthFirst = new RegExp(String.raw`^([a-z]{3})[a-z]* (\d{1,2}),? (\d{4})${time}$`, "i")

const unreadable = (cell: string): Reading<null> => ({
  value: null,
  warning: /^(every|ev)\b/i.test(cell)
    ? `DATE: Is recurring, which tasks here are not: ${JSON.stringify(cell)}`
    : `DATE: Must be a date like 2026-11-20 or 2026-11-20 09:30: ${JSON.stringify(cell)}`
})

const partsOf = (cell: string) => {
  const [, year, month, day, ...clock] = numeric.exec(cell) ?? []
  if (year !== undefined) return [Number(year), Number(month), Number(day), clock] as const
  const [, day1, month1 = "", year1, ...clock1] = dayFirst.exec(cell) ?? []
  if (year1 !== undefined)
    return [Number(year1), months.indexOf(month1.toLowerCase()) + 1, Number(day1), clock1] as const
  const [, month2 = "", day2, year2, ...clock2] = monthFirst.exec(cell) ?? []
  if (year2 !== undefined)
    return [Number(year2), months.indexOf(month2.toLowerCase()) + 1, Number(day2), clock2] as const
  return undefined
}

/**
 * An instant. A day without a time is its beginning, and either is meant in the row's time zone, in UTC
 * where there is none. What only a calendar can tell ("every day", "tomorrow") is no instant.
 */
export const date = (cell: string, zone: string): Reading<string | null> => {
  const text = cell.trim().replaceAll(/\s+/g, " ")
  if (text === "") return { value: null }
  const parts = partsOf(text)
  if (parts === undefined) return unreadable(text)
  const [year, month, day, [hour = "0", minute = "0", second = "0", offset]] = parts
  // JavaScript would roll the 31st of February over into March.
  const isDay = month >= 1 && day >= 1 && year >= 1000 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
  if (!isDay || month > 12 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return unreadable(text)
  const two = (digits: string | number) => String(digits).padStart(2, "0")
  const local = `${year}-${two(month)}-${two(day)}T${two(hour)}:${minute.padStart(2, "0")}:${second.padStart(2, "0")}`
  if (offset !== undefined) {
    const instant = new Date(`${local}${offset.toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, "$1:$2")}`)
    return Number.isNaN(instant.getTime()) ? unreadable(text) : { value: instant.toISOString() }
  }
  const utc = `${local}.000Z`
  if (zone.trim() === "") return { value: utc }
  return Option.match(DateTime.makeZoned(utc, { timeZone: zone.trim(), adjustForTimeZone: true }), {
    onNone: () => ({ value: utc, warning: `TIMEZONE: Is not known, taken for UTC: ${JSON.stringify(zone.trim())}` }),
    onSome: (zoned) => ({ value: DateTime.formatIso(zoned) })
  })
}
