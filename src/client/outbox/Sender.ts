import type { IdempotentOptions, TasksClient } from "../ClientTypes.ts"
import { isApiError } from "../Errors.ts"
import type { Task } from "../Types.ts"
import { type ChangedField, isEqual, merge } from "./Merge.ts"
import type { TaskWrite } from "./TaskWrite.ts"

/** Two changes of one field that exclude each other: the user has to choose. */
export class ConflictError extends Error {
  override readonly name = "ConflictError"
  /** The task as it is now. */
  readonly current: Task
  /** The fields to choose for. It is empty for a delete of a task that was changed. */
  readonly fields: ReadonlyArray<ChangedField>
  constructor(current: Task, fields: ReadonlyArray<ChangedField>) {
    super("This task was changed elsewhere.")
    this.current = current
    this.fields = fields
  }
}

const hasSameContent = (a: Task, b: Task) =>
  (["title", "description", "status", "priority", "due", "recurrence", "project_id", "parent_id"] as const).every(
    (name) => isEqual(a[name], b[name])
  )

/**
 * Sends a write, and repeats it on the current version where that is safe. A lost response is no conflict: the task of
 * the server is compared with the wanted one. Returns the resulting task, or `undefined` for a deleted one.
 */
export const sendWrite = async (
  client: Pick<TasksClient, "tasks">,
  write: TaskWrite,
  call: IdempotentOptions
): Promise<Task | undefined> => {
  const { tasks } = client
  const { id } = write.task
  try {
    switch (write.op) {
      case "create":
        return await tasks.create(write.fields, call)
      case "restore":
        return await tasks.restore(id, call)
      case "move":
        return await tasks.move(
          id,
          write.to === "before" ? { before: write.other.id } : { after: write.other.id },
          call
        )
      case "delete":
        await tasks.delete(id, { ...call, ifMatch: write.task.version })
        return undefined
      case "update":
        return await tasks.update(id, write.change, { ...call, ifMatch: write.task.version })
    }
  } catch (error) {
    if (write.op === "create" && isApiError(error, "TASK_ALREADY_EXISTS") && !error.in_trash) return error.current
    if (write.op === "delete" && isApiError(error, "TASK_NOT_FOUND")) return undefined
    // It may have left the trash already.
    if (write.op === "restore" && isApiError(error, "TASK_NOT_FOUND")) return await tasks.get(id, call)
    if (!isApiError(error, "TASK_VERSION_CONFLICT")) throw error
    const { current } = error
    // The version is the sent one: something between the page and the service changes the header.
    if (current.version === write.task.version) throw error
    if (write.op === "update") {
      const { change, conflicts } = merge(write.task, write.change, current)
      if (conflicts.length > 0) throw new ConflictError(current, conflicts)
      if (Object.keys(change).length === 0) return current
      return sendWrite(client, { ...write, task: current, change }, call)
    }
    if (write.op === "delete" && hasSameContent(write.task, current)) {
      return sendWrite(client, { ...write, task: current }, call)
    }
    throw new ConflictError(current, [])
  }
}
