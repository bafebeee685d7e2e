/** The columns of a task that are in its row. */
export const rowColumns =
  "id, title, description, status, priority, due_at, project_id, position, completed_at, version, user_id, created_at, updated_at"

/** A task as the contract has it. Its tags are in the order of their ids. */
export const taskColumns = `${rowColumns}, array(
  select tag_id from task_tag where task_tag.user_id = task.user_id and task_id = task.id order by tag_id
) as tag_ids`
