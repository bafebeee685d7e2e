import type { Task, TaskCreate, TaskQuery, TaskUpdate } from "effect-tasks/client"

/** What a person does to a task. `task` is the task as they saw it then. */
export type TaskWrite =
  | { readonly op: "create"; readonly task: Task; readonly fields: TaskCreate }
  | { readonly op: "update"; readonly task: Task; readonly change: TaskUpdate }
  | { readonly op: "move"; readonly task: Task; readonly to: "above" | "below"; readonly other: Task }
  | { readonly op: "delete"; readonly task: Task }
  | { readonly op: "restore"; readonly task: Task }

/** What a new task looks like until the service has answered. */
export const draft = (fields: TaskCreate & { readonly id: string }): Task => {
  const now = new Date().toISOString()
  return {
    description: null,
    status: "pending",
    priority: "none",
    due_at: null,
    project_id: null,
    tag_ids: [],
    ...fields,
    position: "",
    completed_at: null,
    version: 1,
    user_id: "",
    created_at: now,
    updated_at: now
  }
}

export const changed = (task: Task, change: TaskUpdate): Task => ({
  ...task,
  ...change,
  completed_at: change.status === undefined ? task.completed_at : change.status === "completed" ? task.updated_at : null
})

/** Whether a list shows the task, as far as a page can judge: what matches a search, the service knows. */
const matches = (task: Task, { due_before, priority, project_id, status, tag_id }: TaskQuery) =>
  (status === undefined || status.includes(task.status)) &&
  (priority === undefined || priority === task.priority) &&
  (project_id === undefined || (project_id === "none" ? null : project_id) === task.project_id) &&
  (tag_id === undefined || tag_id.every((id) => task.tag_ids.includes(id))) &&
  (due_before === undefined || (task.due_at !== null && task.due_at < due_before))

/** The list as it is once the write is done. `result` is what the service made of it, where it has answered. */
export const applyWrite = (
  tasks: ReadonlyArray<Task>,
  write: TaskWrite,
  query: TaskQuery,
  result?: Task
): ReadonlyArray<Task> => {
  const { id } = write.task
  switch (write.op) {
    case "create":
      return matches(result ?? write.task, query)
        ? [result ?? write.task, ...tasks.filter((task) => task.id !== id)]
        : tasks
    case "update":
      return tasks
        .map((task) => (task.id === id ? (result ?? changed(task, write.change)) : task))
        .filter((task) => task.id !== id || matches(task, query))
    case "delete":
      return tasks.filter((task) => task.id !== id)
    case "move": {
      const moved = tasks.find((task) => task.id === id)
      const others = tasks.filter((task) => task.id !== id)
      const at = others.findIndex((task) => task.id === write.other.id)
      if (moved === undefined || at === -1) return tasks
      return others.toSpliced(write.to === "above" ? at : at + 1, 0, result ?? moved)
    }
    case "restore":
      return tasks
  }
}
