import { Schema } from "effect"
import { described } from "./Description.ts"
import { DateOrTimestamp, TimeZone } from "./Due.ts"
import { paginatedQuery } from "./Pagination.ts"
import { ProjectId } from "./Project.ts"
import { TagId } from "./Tag.ts"
import { TaskId, TaskPriority, TaskStatus } from "./Task.ts"
import { isStorable, VisibleText } from "./Text.ts"
import { isTimestamp, TimestampInput } from "./Timestamp.ts"

const sortFields = ["created_at", "updated_at", "due_at", "priority", "position", "title"] as const
export type SortField = (typeof sortFields)[number]

export const TaskSort = Schema.Literals([...sortFields, ...sortFields.map((field) => `-${field}` as const)]).annotate({
  identifier: "TaskSort",
  description:
    "The field to sort by, with `-` in front for descending order. Tasks without a due date come last; due dates without a time zone are sorted as if they were in `time_zone`."
})
export type TaskSort = typeof TaskSort.Type

export const defaultSort: TaskSort = "-created_at"

/** The keys of each order: the value that the database compares, as text. */
const isKey: { readonly [field in SortField]: (key: string) => boolean } = {
  created_at: isTimestamp,
  updated_at: isTimestamp,
  // Without "Z" for a due date without a time zone.
  due_at: (key) => isTimestamp(key) || isTimestamp(`${key}Z`) || key === "infinity" || key === "-infinity",
  priority: (key) => /^[0-3]$/.test(key),
  position: (key) => /^[0-9A-Za-z]{1,1000}$/.test(key),
  title: isStorable
}

export const fieldOf = (sort: TaskSort) => sort.replace("-", "") as SortField

const orNone = <Id extends Schema.Top>(id: Id) =>
  Schema.Union([Schema.Literal("none"), id]).annotate({ code: "format", message: "Must be a UUID or none" })

export const TaskQuery = paginatedQuery(
  "tasks",
  {
    status: Schema.optionalKey(Schema.Array(TaskStatus)).pipe(
      described("Tasks with this status. Repeat the parameter to allow several.", { examples: [["pending"]] })
    ),
    priority: Schema.optionalKey(TaskPriority).pipe(described("Tasks of this priority.", { examples: ["high"] })),
    project_id: Schema.optionalKey(orNone(ProjectId)).pipe(
      described("Tasks of this project, or `none` for tasks without a project.", { examples: ["none"] })
    ),
    parent_id: Schema.optionalKey(orNone(TaskId)).pipe(
      described("Subtasks of this task, or `none` for top-level tasks.")
    ),
    tag_id: Schema.optionalKey(
      Schema.Array(TagId).check(
        Schema.isMaxLength(20, { code: "too_many", params: { max: 20 }, message: "Must have at most 20 entries" })
      )
    ).pipe(
      described("Tasks with this tag. Repeat the parameter to require several.", {
        examples: [["019c2f7b-2e8d-7f60-a1c7-5d4e3f2a1b0c"]]
      })
    ),
    due_before: Schema.optionalKey(DateOrTimestamp).pipe(
      described("Tasks that are due before this time, or before this day.", { examples: ["2026-12-01T00:00:00.000Z"] })
    ),
    due_after: Schema.optionalKey(DateOrTimestamp).pipe(
      described("Tasks that are due after this time, or after this day.", { examples: ["2026-11-01"] })
    ),
    time_zone: Schema.optionalKey(TimeZone).pipe(
      described("The user's time zone, for due dates and filters without one.", { default: "UTC" })
    ),
    updated_since: Schema.optionalKey(TimestampInput).pipe(
      described(
        "Tasks that changed at or after this time. Approximate: a transaction that began earlier may commit later, with an earlier `updated_at`. `GET /api/changes` is exact.",
        { examples: ["2026-11-20T09:30:00.000Z"] }
      )
    ),
    q: Schema.optionalKey(VisibleText(200)).pipe(
      described(
        "Tasks with all of these words in title or description. Case and accents do not matter. The last word matches as a prefix.",
        { examples: ["buy milk"] }
      )
    ),
    sort: Schema.optionalKey(TaskSort).pipe(described("The order of the tasks.", { default: defaultSort }))
  },
  (key, { sort = defaultSort }) => isKey[fieldOf(sort)](key)
)
export type TaskQuery = typeof TaskQuery.Type
