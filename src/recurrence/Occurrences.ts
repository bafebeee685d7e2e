import { RRuleTemporal } from "rrule-temporal"
import type { Due } from "../domain/Due.ts"
import { clockOf, instantOf } from "../domain/DueTime.ts"
import { type Occurrences, partsOf, type Recurrence, type RecurrencePreview } from "../domain/Recurrence.ts"
import { clockAt } from "../domain/TimeZone.ts"

/**
 * How many periods of a rule are searched: a leap day that is a Monday comes within 40 years, one at all within 96
 * months. A rule that has no day in these counts as ended.
 */
const maxIterations: Readonly<Record<string, number>> = { DAILY: 200, WEEKLY: 60, MONTHLY: 120, YEARLY: 60 }
const maxCandidateEvaluations = 1500

const days = Array.from({ length: 31 }, (_, n) => n + 1).join()

/**
 * The rule without its end, which is checked here against what the due date shows. "Every day in January" is searched by
 * years, which takes as long as a day of a year does, and not as long as 365 days.
 */
const toSearch = (parts: ReadonlyMap<string, string>) => {
  const rule = new Map(parts)
  rule.delete("COUNT")
  rule.delete("UNTIL")
  const isDaily = rule.get("FREQ") === "DAILY" && (rule.get("INTERVAL") ?? "1") === "1"
  if (isDaily && (rule.has("BYMONTH") || rule.has("BYMONTHDAY"))) {
    rule.set("FREQ", "YEARLY")
    if (!rule.has("BYMONTHDAY")) rule.set("BYMONTHDAY", days)
  }
  return rule
}

/** The day of a rule that follows another day, which begins it. Only days matter, so all of them are in UTC. */
export const nextDate = (rrule: string, date: string): string | undefined => {
  const parts = partsOf(rrule)
  if (parts === undefined) return undefined
  const search = toSearch(parts)
  const text = Array.from(search, ([name, value]) => `${name}=${value}`).join(";")
  const start = `${date.replaceAll("-", "")}T000000Z`
  try {
    const rule = new RRuleTemporal({
      rruleString: `DTSTART:${start}\nRRULE:${text}`,
      maxIterations: maxIterations[search.get("FREQ") ?? ""] ?? 0,
      maxCandidateEvaluations
    })
    const next = rule
      .next(new Date(`${date}T00:00Z`))
      ?.toString()
      .slice(0, 10)
    return next !== undefined && /^\d{4}-/.test(next) ? next : undefined
  } catch {
    // The library throws where a limit is exceeded, and for days that it cannot represent.
    return undefined
  }
}

const toClock = (until: string) => until.replace(/^(....)(..)(..)T(..)(..)(..)Z?$/, "$1-$2-$3T$4:$5:$6.000Z")

/** Whether a due date comes after the end of a rule, by the clock of its time zone. */
const isAfterEnd = (due: Due, until: string) => {
  const day = due.date.replaceAll("-", "")
  if (due.time === undefined || until.length === 8) return day > until.slice(0, 8)
  const zone = until.endsWith("Z") ? (due.time_zone ?? "UTC") : "UTC"
  return Date.parse(clockOf(due)) > clockAt(zone, Date.parse(toClock(until)))
}

export interface Occurrence {
  readonly due: Due
  readonly recurrence: Recurrence
}

/**
 * The occurrence that follows the completion of another one on a day, or undefined after the last one. Date and time are
 * those on the clock of the due date's own time zone, so a clock change moves nothing.
 */
export const nextOccurrence = (
  due: Due | null,
  { anchor, rrule }: Recurrence,
  completedOn: string
): Occurrence | undefined => {
  const parts = partsOf(rrule)
  const count = parts?.get("COUNT")
  const date = nextDate(rrule, anchor === "due" && due !== null ? due.date : completedOn)
  if (date === undefined || count === "1") return undefined
  const next = { ...due, date }
  const until = parts?.get("UNTIL")
  if (until !== undefined && isAfterEnd(next, until)) return undefined
  if (next.time_zone !== undefined && instantOf(next) === undefined) return undefined
  const left = count === undefined ? rrule : rrule.replace(/\bCOUNT=\d+/, `COUNT=${Number(count) - 1}`)
  return { due: next, recurrence: { anchor, rrule: left } }
}

/** The first occurrences of a rule, as completing them one after the other gives them. */
export const preview = ({ due, limit = 5, rrule }: RecurrencePreview): Occurrences => {
  const occurrences: Array<{ readonly due: Due; readonly due_at: string | null }> = []
  let next: Occurrence | undefined = { due, recurrence: { rrule, anchor: "due" } }
  while (next !== undefined && occurrences.length < limit) {
    occurrences.push({ due: next.due, due_at: instantOf(next.due) ?? null })
    next = nextOccurrence(next.due, next.recurrence, next.due.date)
  }
  return { occurrences, has_more: next !== undefined }
}
