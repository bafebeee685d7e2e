// The statements of all Node implementations. They mean the same as the service's statements, so that the database does
// equal work for each implementation.

const columns = `id, title, description, status, priority,
  case when due_for = due_at then due else due_in_utc(due_at) end as due,
  case when due_for = due_at and due ->> 'time_zone' is null then null else due_at end as due_at,
  recurrence, project_id, parent_id, subtasks, position, completed_at, version, user_id, created_at, updated_at`
const tagsOf = (row: string) =>
  `array(select tag_id from task_tag where task_tag.user_id = ${row}.user_id and task_id = ${row}.id order by tag_id)`
const columnsWithTags = `${columns}, ${tagsOf("task")} as tag_ids`

export interface Statement {
  readonly text: string
  readonly values: ReadonlyArray<unknown>
  /** The name under which each connection prepares it. Absent where PostgreSQL plans for the actual values. */
  readonly name?: string
}

export interface TaskCreate {
  readonly title: string
  readonly description?: string | null
  readonly status?: string
  readonly priority?: string
  readonly due_at?: string | null
  readonly project_id?: string | null
  readonly tag_ids?: ReadonlyArray<string>
}

export type TaskUpdate = Partial<Omit<TaskCreate, "tag_ids">>

export interface TaskQuery {
  readonly limit?: number
  readonly cursor?: string
  readonly status?: ReadonlyArray<string>
  readonly priority?: string
  readonly q?: string
}

export const defaultLimit = 50

export const find = (owner: string, id: string): Statement => ({
  name: "find",
  text: `select ${columnsWithTags} from task where user_id = $1 and id = $2 and deleted_at is null`,
  values: [owner, id]
})

/** The due date that a timestamp is short for. */
const dueOf = (due_at: string | null | undefined) => {
  if (due_at == null) return null
  const [date, time = ""] = new Date(due_at).toISOString().slice(0, -1).split("T")
  return JSON.stringify({ date, time: time.replace(/(:00)?\.000$/, ""), time_zone: "UTC" })
}

export const create = (owner: string, id: string, task: TaskCreate): Statement => ({
  name: "create",
  text: `
    with created as (
      insert into task (user_id, id, title, description, status, priority, due_at, due_for, due, project_id, completed_at)
      values ($1, $2, $3, $4, $5, $6, $7, $7, $10, $8, case when $5 = 'completed' then now() end)
      on conflict (user_id, id) do nothing
      returning *
    ), tagged as (
      insert into task_tag (user_id, task_id, tag_id) select distinct user_id, id, unnest($9::uuid[]) from created
    )
    select ${columns}, array(select distinct unnest($9::uuid[]) order by 1) as tag_ids from created
  `,
  values: [
    ...[owner, id, task.title.trim(), task.description ?? null, task.status ?? "pending", task.priority ?? "none"],
    ...[task.due_at ?? null, task.project_id ?? null, task.tag_ids ?? [], dueOf(task.due_at)]
  ]
})

export const update = (owner: string, id: string, patch: TaskUpdate, version: number | null): Statement => ({
  name: "update",
  text: `
    with updated as (
      update task set
        title = coalesce($4, title),
        description = case when $5 then $6 else description end,
        status = coalesce($7, status),
        completed_at = case coalesce($7, status) when 'completed' then coalesce(completed_at, now()) end,
        priority = coalesce($8, priority),
        due_at = case when $9 then $10::timestamptz else due_at end,
        project_id = case when $11 then $12::uuid else project_id end,
        version = version + 1,
        updated_at = now()
      where user_id = $1 and id = $2 and deleted_at is null and ($3::int is null or version = $3)
      returning *
    )
    select ${columns}, ${tagsOf("updated")} as tag_ids from updated
  `,
  values: [
    ...[owner, id, version, patch.title?.trim() ?? null, "description" in patch, patch.description ?? null],
    ...[patch.status ?? null, patch.priority ?? null, "due_at" in patch, patch.due_at ?? null],
    ...["project_id" in patch, patch.project_id ?? null]
  ]
})

const ranks = ["none", "low", "medium", "high"]

/** Newest first, one row more than the page shows. With a cursor it begins after that row. */
export const list = (owner: string, query: TaskQuery): Statement => {
  const values: Array<unknown> = [owner]
  const parameter = (value: unknown) => `$${values.push(value)}`
  const filters = [
    ...(query.status === undefined ? [] : [`status = any(${parameter(query.status)})`]),
    ...(query.priority === undefined ? [] : [`priority_rank = ${parameter(ranks.indexOf(query.priority))}`]),
    ...(query.q === undefined ? [] : [`search @@ search_query($1, ${parameter(query.q)})`])
  ]
  const place = query.cursor === undefined ? undefined : placeOf(query.cursor)
  const after =
    place === undefined
      ? []
      : [`(created_at, id) < (${parameter(place.key)}::timestamptz, ${parameter(place.id)}::uuid)`]
  const text = `
    select ${columnsWithTags} from task
    where ${["user_id = $1", "deleted_at is null", ...filters, ...after].join(" and ")}
    order by created_at desc, id desc limit ${parameter((query.limit ?? defaultLimit) + 1)}
  `
  return { text, values, ...(filters.length === 0 && { name: place === undefined ? "list" : "list after" }) }
}

interface Place {
  readonly key: string
  readonly id: string
}

const placeOf = (cursor: string): Place => JSON.parse(Buffer.from(cursor, "base64url").toString())

export const cursorOf = (place: Place) => Buffer.from(JSON.stringify(place)).toString("base64url")
