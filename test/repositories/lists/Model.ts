import { Temporal } from "temporal-polyfill"
import { localTimestamp } from "../../../src/domain/DueTime.ts"
import type { ProjectId } from "../../../src/domain/Project.ts"
import type { TagId } from "../../../src/domain/Tag.ts"
import { TaskPriority, TaskStatus } from "../../../src/domain/Task.ts"
import { fieldOf, type TaskQuery, type TaskSort } from "../../../src/domain/TaskQuery.ts"
import type { Random } from "../../support/Random.ts"
import { dues, instants, type Known, type Row, times, words, written, zones } from "./Rows.ts"

const bytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

const moments = new Map<string, number>()

/** The first moment at which the clock of the zone shows a time or a later one, found by trying. */
const firstMoment = (clock: string, zone: string) => {
  const known = moments.get(`${clock} ${zone}`)
  if (known !== undefined) return known
  const wanted = Temporal.PlainDateTime.from(clock.slice(0, -1))
  const shows = (time: number) =>
    Temporal.PlainDateTime.compare(
      Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone).toPlainDateTime(),
      wanted
    ) >= 0
  let time = Date.parse(clock) - 30 * 3_600_000
  for (const step of [1_800_000, 60_000, 1000, 1]) {
    while (!shows(time + step)) time += step
  }
  moments.set(`${clock} ${zone}`, time + 1)
  return time + 1
}

/** Milliseconds as text: a moment in the year 10000 comes after one in 9999. */
const momentText = (time: number) => String(time + 1e14).padStart(16, "0")

/** The sort key of a task, as text in byte order. */
const keyOf = (row: Known, sort: TaskSort, zone: string): string | null => {
  const field = fieldOf(sort)
  if (field === "due_at" && row.due !== null) {
    if (row.due_at !== null) return zone === "UTC" ? row.due_at : `${momentText(Date.parse(row.due_at))} 0`
    const clock = localTimestamp(row.due)
    return zone === "UTC" ? clock : `${momentText(firstMoment(clock, zone))} 1 ${clock}`
  }
  if (field === "priority") return String(TaskPriority.literals.indexOf(row.priority))
  return field === "title" ? row.lower : row[field]
}

/** Whether a task is due on one side of a time, or of a day. */
const isDue = ({ due, due_at }: Known, limit: string, side: -1 | 1, zone: string) => {
  if (due === null) return false
  const clock = localTimestamp(due).slice(0, -1)
  if (limit.length > 10) {
    const shown = Temporal.Instant.from(limit).toZonedDateTimeISO(zone).toPlainDateTime()
    return due_at === null
      ? Temporal.PlainDateTime.compare(clock, shown) === side
      : Temporal.Instant.compare(due_at, limit) === side
  }
  const day =
    due_at === null ? due.date : Temporal.Instant.from(due_at).toZonedDateTimeISO(zone).toPlainDate().toString()
  return Temporal.PlainDate.compare(day, limit) === side
}

export interface Search {
  readonly q: string
  readonly matches: (words: ReadonlyArray<string>) => boolean
}
export type Filters = Omit<TaskQuery, "q" | "sort" | "limit" | "offset" | "cursor" | "count">

/** The ids of the list that the contract describes, computed from all rows. */
export const model = (rows: ReadonlyArray<Known>, filters: Filters, search: Search | undefined, sort: TaskSort) => {
  const {
    due_after,
    due_before,
    parent_id,
    priority,
    project_id,
    status,
    tag_id = [],
    time_zone = "UTC",
    updated_since
  } = filters
  const direction = sort.startsWith("-") ? -1 : 1
  return rows
    .filter(
      (row) =>
        row.deleted_at === null &&
        (status === undefined || status.includes(row.status)) &&
        (priority === undefined || row.priority === priority) &&
        (parent_id === undefined || row.parent_id === (parent_id === "none" ? null : parent_id)) &&
        (project_id === undefined || row.project_id === (project_id === "none" ? null : project_id)) &&
        tag_id.every((tag) => row.tag_ids.includes(tag)) &&
        (due_before === undefined || isDue(row, due_before, -1, time_zone)) &&
        (due_after === undefined || isDue(row, due_after, 1, time_zone)) &&
        (updated_since === undefined || row.updated_at >= updated_since) &&
        (search === undefined || search.matches(wordsOf(row)))
    )
    .toSorted((a, b) => {
      const [one, other] = [keyOf(a, sort, time_zone), keyOf(b, sort, time_zone)]
      if ((one === null) !== (other === null)) return one === null ? 1 : -1
      return direction * (bytes(one ?? "", other ?? "") || bytes(a.id, b.id))
    })
    .map(({ id }) => id as string)
}

/** The words of a text as a search compares them. */
const fold = (text: string) =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")

const wordsOf = ({ description, title }: Row) => fold(`${title} ${description ?? ""}`)

export const searchOf = (random: Random): Search => {
  const [a, b] = [random.one(words), random.one(words)]
  const has = (text: string) => (all: ReadonlyArray<string>) => fold(text).every((word) => all.includes(word))
  const begins = (start: string) => (all: ReadonlyArray<string>) =>
    fold(start).every((folded) => all.some((word) => word.startsWith(folded)))
  const start = a.slice(0, 1 + random.below(a.length))
  return random.one<Search>([
    { q: written(random, a), matches: begins(a) },
    { q: start, matches: begins(start) },
    { q: `${a} ${b}`, matches: (all) => has(a)(all) && begins(b)(all) },
    { q: `-${a}/"${b}"`, matches: (all) => has(a)(all) && begins(b)(all) }
  ])
}

/** A value for every filter. */
export const filtersOf = (random: Random, projects: ReadonlyArray<ProjectId>, tags: ReadonlyArray<TagId>) => {
  const all: Required<Filters> = {
    status: [random.one(TaskStatus.literals), ...random.some(TaskStatus.literals)],
    priority: random.one(TaskPriority.literals),
    project_id: random.one(["none", ...projects]),
    parent_id: "none",
    tag_id: [random.one(tags), ...random.some(tags, 0.2)],
    due_before: random.one([...dues, ...instants, "2026-06-30", "2026-10-25"]),
    due_after: random.one([...dues, ...instants, "2026-01-01", "2026-03-29"]),
    updated_since: random.one(times),
    time_zone: random.one(zones)
  }
  return Object.entries(all)
}
