import { RRuleTemporal } from "rrule-temporal"
import type { Due } from "../domain/Due.ts"
import { instantOf, localTimestamp } from "../domain/DueTime.ts"
import { type Occurrences, partsOf, type Recurrence, type RecurrencePreview } from "../domain/Recurrence.ts"
import { localTimeAt } from "../domain/TimeZone.ts"

/**
 * How many periods of a rule are searched: a leap day that is a Monday comes within 40 years, one at all within 96
 * months. A rule that has no day in these counts as ended.
 */
const maxIterations: Readonly<Record<string, number>> = { WEEKLY: 60, MONTHLY: 120, YEARLY: 60 }
const maxCandidateEvaluations = 1500
const maxDays = 2000

const day = 86_400_000

const weekdays = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"]

/** The library searches a daily rule day by day. This skips the months that the rule does not contain. */
const nextDaily = (parts: ReadonlyMap<string, string>, date: string) => {
  const step = Number(parts.get("INTERVAL") ?? 1) * day
  const [months, monthdays] = ["BYMONTH", "BYMONTHDAY"].map((name) => parts.get(name)?.split(",").map(Number))
  const days = parts.get("BYDAY")?.split(",")
  let time = Date.parse(date)
  for (let n = 0; n < maxDays; n++) {
    time += step
    const at = new Date(time)
    const nextMonth = new Date(time).setUTCMonth(at.getUTCMonth() + 1, 1)
    if (months?.includes(at.getUTCMonth() + 1) === false) {
      time += Math.floor((nextMonth - day - time) / step) * step
      continue
    }
    const [fromStart, fromEnd] = [at.getUTCDate(), (time - nextMonth) / day]
    const isInMonth = monthdays?.some((monthday) => monthday === fromStart || monthday === fromEnd) ?? true
    if (isInMonth && (days?.includes(weekdays[at.getUTCDay()] ?? "") ?? true)) return at.toISOString()
  }
  return undefined
}

const nextPeriod = (parts: ReadonlyMap<string, string>, date: string) => {
  // The end is checked here, against what the due date shows.
  const search = Array.from(parts).filter(([name]) => name !== "COUNT" && name !== "UNTIL")
  const text = search.map(([name, value]) => `${name}=${value}`).join(";")
  try {
    const rule = new RRuleTemporal({
      rruleString: `DTSTART:${date.replaceAll("-", "")}T000000Z\nRRULE:${text}`,
      maxIterations: maxIterations[parts.get("FREQ") ?? ""] ?? 0,
      maxCandidateEvaluations
    })
    return rule.next(new Date(`${date}T00:00Z`))?.toString()
  } catch {
    // The library throws where a limit is exceeded, and for days that it cannot represent.
    return undefined
  }
}

/** The day of a rule that follows another day, which begins it. Only days matter, so all of them are in UTC. */
export const nextDate = (rrule: string, date: string): string | undefined => {
  const parts = partsOf(rrule)
  if (parts === undefined) return undefined
  const next = parts.get("FREQ") === "DAILY" ? nextDaily(parts, date) : nextPeriod(parts, date)
  return next !== undefined && /^\d{4}-/.test(next) ? next.slice(0, 10) : undefined
}

/** A day some months after another one, or the last day of a month that is too short. */
const addMonths = (date: string, months: number) => {
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number)
  const end = new Date(0)
  end.setUTCFullYear(year, month + months, 0)
  end.setUTCDate(Math.min(day, end.getUTCDate()))
  return end.getUTCFullYear() > 9999 ? undefined : end.toISOString().slice(0, 10)
}

/**
 * Whether a day is the only one of a rule in the week or month of another day. "Three weeks after, on a Saturday" is not
 * the Saturday of the same week.
 */
const isOnlyDay = (parts: ReadonlyMap<string, string>, from: string, next: string) => {
  const has = (name: string, pattern: RegExp) => pattern.test(parts.get(name) ?? "")
  return parts.get("FREQ") === "WEEKLY"
    ? has("BYDAY", /^\w\w$/) && Date.parse(next) - Date.parse(from) < 7 * day
    : parts.get("FREQ") === "MONTHLY" &&
        (has("BYSETPOS", /^[+-]?\d+$/) || has("BYMONTHDAY", /^[+-]?\d+$/) || has("BYDAY", /^[+-]?\d+\w\w$/)) &&
        next.slice(0, 7) === from.slice(0, 7)
}

/**
 * The day that follows a completion. "Three months after" is never six, because the month after three has no such day. A
 * rule that selects its days does not select the completed one again.
 */
const dateAfter = (parts: ReadonlyMap<string, string>, rrule: string, due: Due | null, completedOn: string) => {
  const interval = Number(parts.get("INTERVAL") ?? 1)
  if (Array.from(parts.keys()).some((name) => name.startsWith("BY"))) {
    const from = due !== null && due.date > completedOn ? due.date : completedOn
    const next = nextDate(rrule, from)
    return next !== undefined && interval > 1 && isOnlyDay(parts, from, next) ? nextDate(rrule, next) : next
  }
  const months = parts.get("FREQ") === "MONTHLY" ? interval : parts.get("FREQ") === "YEARLY" ? 12 * interval : undefined
  return months === undefined ? nextDate(rrule, completedOn) : addMonths(completedOn, months)
}

const toTimestamp = (until: string) => until.replace(/^(....)(..)(..)T(..)(..)(..)Z?$/, "$1-$2-$3T$4:$5:$6.000Z")

/** Whether a due date is after the end of a rule, in local time. */
const isAfterEnd = (due: Due, until: string) => {
  const day = due.date.replaceAll("-", "")
  if (due.time === undefined || until.length === 8) return day > until.slice(0, 8)
  const zone = until.endsWith("Z") ? (due.time_zone ?? "UTC") : "UTC"
  return Date.parse(localTimestamp(due)) > localTimeAt(zone, Date.parse(toTimestamp(until)))
}

/**
 * The occurrence that follows the completion of another one on a day, or undefined after the last one. Date and time are
 * those on the clock of the due date's own time zone, so a clock change moves nothing.
 */
export const nextOccurrence = (due: Due | null, { anchor, rrule }: Recurrence, completedOn: string) => {
  const parts = partsOf(rrule)
  if (parts === undefined) return undefined
  const count = parts.get("COUNT")
  const isFromDue = anchor === "due" && due !== null
  const date = isFromDue ? nextDate(rrule, due.date) : dateAfter(parts, rrule, due, completedOn)
  if (date === undefined || count === "1") return undefined
  const next = { ...due, date }
  const until = parts.get("UNTIL")
  if (until !== undefined && isAfterEnd(next, until)) return undefined
  if (next.time_zone !== undefined && instantOf(next) === undefined) return undefined
  const left = count === undefined ? rrule : rrule.replace(/\bCOUNT=\d+/, `COUNT=${Number(count) - 1}`)
  return { due: next, recurrence: { anchor, rrule: left } }
}

/** The first occurrences of a rule, as completing them one after the other gives them. */
export const preview = ({ due, limit = 5, rrule }: RecurrencePreview): Occurrences => {
  const occurrences: Array<{ readonly due: Due; readonly due_at: string | null }> = []
  let next: ReturnType<typeof nextOccurrence> = { due, recurrence: { rrule, anchor: "due" } }
  while (next !== undefined && occurrences.length < limit) {
    occurrences.push({ due: next.due, due_at: instantOf(next.due) ?? null })
    next = nextOccurrence(next.due, next.recurrence, next.due.date)
  }
  return { occurrences, has_more: next !== undefined }
}
