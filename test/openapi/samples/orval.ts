import { createTask, getMe, getTask, listTasks, removeTask, updateTask } from "../generated/orval"

export const use = async (baseUrl: string, token: string, missing: string) => {
  // The generated code requests paths only, as on a page of the same origin.
  const { fetch } = globalThis
  globalThis.fetch = (input, init) => fetch(typeof input === "string" ? baseUrl + input : input, init)
  const authorization = `Bearer ${token}`
  const titles: Array<string> = []

  const created = await createTask({ title: "Buy milk" }, { headers: { authorization } })
  await createTask({ title: "Buy bread", priority: "high", due_at: null }, { headers: { authorization } })
  if (created.status !== 201) throw created.data

  let cursor: string | undefined
  do {
    const query = { limit: 1, status: ["pending" as const], ...(cursor !== undefined && { cursor }) }
    const page = await listTasks(query, { headers: { authorization } })
    if (page.status === 200) titles.push(...page.data.map(({ title }) => title))
    cursor = /[?&]cursor=([^&>]*)/.exec(page.headers.get("link") ?? "")?.[1]
  } while (cursor !== undefined)

  const { id } = created.data
  const headers = { authorization, "if-match": created.headers.get("etag") ?? "" }
  const updated = await updateTask(id, { status: "completed" }, { headers })
  const changed = await updateTask(id, { title: "Buy tea" }, { headers })
  const current = changed.status === 412 ? changed.data.current.status : undefined
  const invalid = await updateTask(id, { title: "" }, { headers: { authorization } })
  const pointer =
    invalid.status === 422 && invalid.data.code === "VALIDATION_FAILED" ? invalid.data.errors[0]?.pointer : undefined
  const gone = await getTask(missing, { headers: { authorization } })
  const unknown = await getMe()
  const removed = await removeTask(id, { headers: { authorization } })
  globalThis.fetch = fetch
  return {
    titles,
    statuses: [created, updated, changed, invalid, gone, unknown, removed].map(({ status }) => status),
    codes: [changed, invalid, gone, unknown].map(({ data }) => data && "code" in data && data.code),
    current,
    pointer
  }
}
