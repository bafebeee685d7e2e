import type { Due } from "./Due.ts"
import { instantAt, lastLocalTime, localTimeAt } from "./TimeZone.ts"

/** Seconds and milliseconds that are zero are left out, so that each time has one form. */
export const toPlainTime = (time: string) => {
  const seconds = time.endsWith(".000") ? time.slice(0, 8) : time
  return seconds.length === 8 && seconds.endsWith(":00") ? seconds.slice(0, 5) : seconds
}

/** A timestamp, or undefined outside of the years 1 to 9999. */
const toTimestamp = (time: number) => {
  const text = new Date(time).toISOString()
  return /^\d/.test(text) && text >= "0001" ? text : undefined
}

/** The date and time as a timestamp in UTC, whatever the time zone is. Without a time it is the end of the day. */
export const localTimestamp = ({ date, time = "23:59:59.999" }: Due) =>
  `${date}T${time}${":00.000".slice(time.length - 5)}Z`

/** The instant of a due date with a time zone. */
export const instantOf = (due: Due) => {
  if (due.time_zone === undefined) return undefined
  return due.time_zone === "UTC"
    ? localTimestamp(due)
    : toTimestamp(instantAt(due.time_zone, Date.parse(localTimestamp(due))))
}

/** The due date that `due_at` abbreviates. */
export const dueInUtc = (timestamp: string): Due => ({
  date: timestamp.slice(0, 10),
  time: toPlainTime(timestamp.slice(11, -1)),
  time_zone: "UTC"
})

export interface GivenDue {
  readonly due?: Due | null | undefined
  readonly due_at?: string | null | undefined
}

/** The due date of a request, which has either `due` or `due_at`. */
export const givenDue = ({ due, due_at }: GivenDue) => {
  if (due !== undefined) return due
  return typeof due_at === "string" ? dueInUtc(due_at) : due_at
}

/** As a timestamp. Times outside of the years 1 to 9999 become the latest or the earliest one. */
const inRange = (time: number) =>
  toTimestamp(time) ?? (time < 0 ? "0001-01-01T00:00:00.000Z" : "9999-12-31T23:59:59.999Z")

const day = 86_400_000

/**
 * The limit of a filter by due date, from a date or a timestamp: one for instants, and one for dates and times without a
 * time zone. A date means its first millisecond, or with `isAfter` its last.
 */
export const dueLimit = (text: string, zone: string, isAfter: boolean) => {
  if (text.includes("T")) return { instant: text, local: inRange(localTimeAt(zone, Date.parse(text))) }
  const start = Date.parse(text) + (isAfter ? day : 0)
  const before = isAfter ? 1 : 0
  return { instant: inRange(instantAt(zone, start) - before), local: inRange(start - before) }
}

/**
 * Limits for an index scan over local times: every local time whose instant is the given one or later is above `after`,
 * and every one whose instant is earlier is at most `until`.
 */
export const localTimesAround = (instant: string, zone: string) => {
  const time = Date.parse(instant)
  return {
    after: inRange(localTimeAt(zone, time - 1)),
    until: inRange(lastLocalTime(zone, time))
  }
}
