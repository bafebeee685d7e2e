import type { RowType } from "../domain/Change.ts"
import { type GivenDue, givenDue, instantOf, localTimestamp } from "../domain/DueTime.ts"
import { Project } from "../domain/Project.ts"
import { Tag } from "../domain/Tag.ts"
import { TrashedTask } from "../domain/Task.ts"

/**
 * The condition that a due date has no time zone. The column `due_at` then has its date and time as if they were in
 * UTC, so that one index has all due dates in the order that they have in UTC. The indexes of due dates contain this text.
 */
export const isFloating = "(due_for = due_at and due ->> 'time_zone' is null)"

export const dueColumn = "case when due_for = due_at then due else due_in_utc(due_at) end as due"

/** The columns of a task that are in its row. */
export const rowColumns = `id, title, description, status, priority,
  ${dueColumn},
  case when ${isFloating} then null else due_at end as due_at,
  recurrence, project_id, parent_id, subtasks, position, completed_at, version, user_id, created_at, updated_at`

/** A task as the contract has it. Its tags are in the order of their ids. */
export const taskColumns = `${rowColumns}, array(
  select tag_id from task_tag where task_tag.user_id = task.user_id and task_id = task.id order by tag_id
) as tag_ids`

/** The fields of each type of rows. Those of a task include the time at which it was moved to the trash. */
export const fieldsOf: { readonly [type in RowType]: ReadonlyArray<string> } = {
  project: Object.keys(Project.fields),
  tag: Object.keys(Tag.fields),
  task: Object.keys(TrashedTask.fields)
}

/** The columns of each type of rows, in SQL. */
export const columnsOf: { readonly [type in RowType]: string } = {
  project: fieldsOf.project.join(", "),
  tag: fieldsOf.tag.join(", "),
  task: `${taskColumns}, deleted_at`
}

/** The columns that a client sets, and their types. */
export const clientColumns = {
  project: { name: "text", description: "text", color: "text", archived: "boolean" },
  tag: { name: "text", color: "text" },
  task: {
    title: "text",
    description: "text",
    status: "text",
    priority: "text",
    due: "jsonb",
    due_at: "timestamptz",
    due_for: "timestamptz",
    recurrence: "jsonb",
    project_id: "uuid",
    parent_id: "uuid",
    completed_at: "timestamptz"
  }
}

/** The columns that belong to the due date that a client gave, if it gave one. */
export const dueColumns = (given: GivenDue) => {
  const due = givenDue(given)
  const key = due && (instantOf(due) ?? localTimestamp(due))
  return { due, due_at: key, due_for: key }
}
