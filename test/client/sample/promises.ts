import { isApiError, makeTasksClient, type Page, type Task, type TaskQuery } from "effect-tasks/client"

/** What a page does with the client. Returns what it saw. */
export const use = async (baseUrl: string, token: string) => {
  const client = makeTasksClient({ baseUrl, token: async () => token })
  const { signal } = new AbortController()
  const task = await client.tasks.create({ title: "Buy milk" }, { signal })
  await client.tasks.create({ title: "Buy bread", priority: "high", due_at: new Date(0) })

  const page: Page<Task, TaskQuery> = await client.tasks.list({ status: ["pending"], limit: 1 }, { signal })
  const titles: Array<string> = []
  for await (const { title } of client.tasks.all(page.next)) titles.push(title)

  await client.tasks.update(task.id, { status: "completed" }, { ifMatch: task.version })
  const codes: Array<string> = []
  const current: Array<Task> = []
  for (const change of [{ title: "Buy oat milk" }, { title: "" }]) {
    try {
      await client.tasks.update(task.id, change, { ifMatch: task.version })
    } catch (error) {
      if (!isApiError(error)) throw error
      codes.push(error.code, ...Object.keys(error.fieldErrors))
      if (error.code === "TASK_VERSION_CONFLICT") current.push(error.current)
    }
  }
  // The compiler refuses these.
  const _ = () => [
    // @ts-expect-error: the server sets the version
    client.tasks.create({ title: "x", version: 1 }),
    // @ts-expect-error: no such status
    client.tasks.list({ status: ["done"] }),
    // @ts-expect-error: no such code
    isApiError(undefined, "TASK_VANISHED"),
    // @ts-expect-error: this error has no current row
    isApiError(undefined, "TASK_NOT_FOUND") && undefined.current
  ]
  return { titles, codes, status: current[0]?.status }
}
