import type { Due } from "./Due.ts"
import { clockAt, latestClockBefore, momentOf } from "./TimeZone.ts"

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
export const clockOf = ({ date, time = "23:59:59.999" }: Due) => `${date}T${time}${":00.000".slice(time.length - 5)}Z`

/** The instant of a due date with a time zone. */
export const instantOf = (due: Due) => {
  if (due.time_zone === undefined) return undefined
  return due.time_zone === "UTC" ? clockOf(due) : toTimestamp(momentOf(due.time_zone, Date.parse(clockOf(due))))
}

/** The due date that a timestamp is short for. */
export const dueInUtc = (timestamp: string): Due => ({
  date: timestamp.slice(0, 10),
  time: toPlainTime(timestamp.slice(11, -1)),
  time_zone: "UTC"
})

export interface GivenDue {
  readonly due?: Due | null | undefined
  readonly due_at?: string | null | undefined
}

/** The due date of a request, which may have the one or the other. */
export const givenDue = ({ due, due_at }: GivenDue) => {
  if (due !== undefined) return due
  return typeof due_at === "string" ? dueInUtc(due_at) : due_at
}

/** Clocks beyond the years 1 to 9999 are later or earlier than any due date. */
const toClock = (time: number) =>
  toTimestamp(time) ?? (time < 0 ? "0001-01-01T00:00:00.000Z" : "9999-12-31T23:59:59.999Z")

/** The limit of a filter by due date: one for instants, and one for dates and times without a time zone. */
export interface DueLimit {
  readonly instant: string
  readonly clock: string
}

const day = 86_400_000

/** From a date or a timestamp. A date stands for its first moment, or as `isAfter` for its last. */
export const dueLimit = (text: string, zone: string, isAfter: boolean): DueLimit => {
  if (text.includes("T")) return { instant: text, clock: toClock(clockAt(zone, Date.parse(text))) }
  const start = Date.parse(text) + (isAfter ? day : 0)
  const before = isAfter ? 1 : 0
  return { instant: toClock(momentOf(zone, start) - before), clock: toClock(start - before) }
}

/**
 * The limits of clocks in a zone, for a scan of an index: a clock whose moment is at the instant or later is above
 * `after`, and one whose moment is earlier is at most `until`.
 */
export const clocksAround = (instant: string, zone: string) => {
  const time = Date.parse(instant)
  return { after: toClock(clockAt(zone, time - 1)), until: toClock(latestClockBefore(zone, time)) }
}
