import { createTask, getMe, getTask, listTasks, removeTask, updateTask } from "../generated/hey"
import { client } from "../generated/hey/client.gen"

export const use = async (baseUrl: string, token: string, missing: string) => {
  client.setConfig({ baseUrl, auth: token })
  const titles: Array<string> = []

  const created = await createTask({ body: { title: "Buy milk" } })
  await createTask({ body: { title: "Buy bread", priority: "high", due_at: null } })
  const task = created.data
  if (task === undefined) throw created.error

  let cursor: string | undefined
  do {
    const query = { limit: 1, status: ["pending" as const], ...(cursor !== undefined && { cursor }) }
    const { data = [], response } = await listTasks({ query })
    titles.push(...data.map(({ title }) => title))
    cursor = /[?&]cursor=([^&>]*)/.exec(response?.headers.get("link") ?? "")?.[1]
  } while (cursor !== undefined)

  const path = { task_id: task.id }
  const headers = { "If-Match": created.response?.headers.get("etag") ?? "" }
  const updated = await updateTask({ path, headers, body: { status: "completed" } })
  const changed = await updateTask({ path, headers, body: { title: "Buy tea" } })
  const current = changed.error?.code === "TASK_VERSION_CONFLICT" ? changed.error.current.status : undefined
  const invalid = await updateTask({ path, body: { title: "" } })
  const pointer = invalid.error?.code === "VALIDATION_FAILED" ? invalid.error.errors[0]?.pointer : undefined
  const gone = await getTask({ path: { task_id: missing } })
  const unknown = await getMe({ auth: undefined })
  const removed = await removeTask({ path })
  return {
    titles,
    statuses: [created, updated, changed, invalid, gone, unknown, removed].map(({ response }) => response?.status),
    codes: [changed, invalid, gone, unknown].map(({ error }) => error && "code" in error && error.code),
    current,
    pointer
  }
}
