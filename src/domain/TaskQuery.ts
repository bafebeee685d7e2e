import { Schema } from "effect"
import { paginatedQuery } from "./Pagination.ts"
import { ProjectId } from "./Project.ts"
import { TagId } from "./Tag.ts"
import { TaskPriority, TaskStatus } from "./Task.ts"
import { NonEmptyText } from "./Text.ts"
import { TimestampInput } from "./Timestamp.ts"

const sortable = ["created_at", "updated_at", "due_at", "priority", "position", "title"] as const
export type SortField = (typeof sortable)[number]

/** A field, or with `-` in front the same the other way round. Tasks without a due date come last either way. */
export const TaskSort = Schema.Literals([...sortable, ...sortable.map((field) => `-${field}` as const)])
export type TaskSort = typeof TaskSort.Type

export const defaultSort: TaskSort = "-created_at"

const isTimestamp = (key: string) => /^(\d{4}-\d\d-\d\dT[\d:.]{12}Z|-?infinity)$/.test(key)

/** What a key can be in each order: the value that the database compares, as text. */
const isKey: { readonly [field in SortField]: (key: string) => boolean } = {
  created_at: isTimestamp,
  updated_at: isTimestamp,
  due_at: isTimestamp,
  priority: (key) => /^[0-3]$/.test(key),
  position: (key) => /^[0-9A-Za-z]{1,1000}$/.test(key),
  title: (key) => key.isWellFormed() && !key.includes("\0")
}

export const fieldOf = (sort: TaskSort) => sort.replace("-", "") as SortField

/** Everything a list of tasks can be asked for. All filters must match; those given several times say how. */
export const TaskQuery = paginatedQuery(
  {
    /** Any of them. */
    status: Schema.optionalKey(Schema.Array(TaskStatus)),
    priority: Schema.optionalKey(TaskPriority),
    project_id: Schema.optionalKey(Schema.Union([Schema.Literal("none"), ProjectId])),
    /** All of them. */
    tag_id: Schema.optionalKey(
      Schema.Array(TagId).check(
        Schema.isMaxLength(20, { code: "too_many", params: { max: 20 }, message: "Must have at most 20 entries" })
      )
    ),
    due_before: Schema.optionalKey(TimestampInput),
    due_after: Schema.optionalKey(TimestampInput),
    updated_since: Schema.optionalKey(TimestampInput),
    q: Schema.optionalKey(NonEmptyText(200)),
    sort: Schema.optionalKey(TaskSort)
  },
  (key, { sort = defaultSort }) => isKey[fieldOf(sort)](key)
)
export type TaskQuery = typeof TaskQuery.Type
