import { isProblem, makeTasksClient, type Page, type Task, type TaskQuery } from "effect-tasks/client"

/** What a page does with the client. Returned is what it has seen. */
export const use = async (baseUrl: string, token: string) => {
  const client = makeTasksClient({ baseUrl, token: async () => token })
  const { signal } = new AbortController()
  const task = await client.tasks.create({ title: "Buy milk" }, { signal })
  await client.tasks.create({ title: "Buy bread", priority: "high", due_at: null })

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
      if (!isProblem(error)) throw error
      const { problem } = error
      codes.push(problem.code)
      if (problem.code === "TASK_VERSION_CONFLICT") current.push(problem.current)
      if (problem.code === "VALIDATION_FAILED") codes.push(problem.errors[0]?.pointer ?? "")
    }
  }
  // Refused by the compiler.
  const _ = () => [
    // @ts-expect-error: the version is the service's
    client.tasks.create({ title: "x", version: 1 }),
    // @ts-expect-error: there is no such status
    client.tasks.list({ status: ["done"] }),
    // @ts-expect-error: there is no such code
    isProblem(undefined, "TASK_VANISHED"),
    // @ts-expect-error: this problem has no current row
    isProblem(undefined, "TASK_NOT_FOUND") && undefined.problem.current
  ]
  return { titles, codes, status: current[0]?.status }
}
