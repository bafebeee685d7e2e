import createClient from "openapi-fetch"
import type { paths } from "../generated/schema.ts"

/** The same calls for each generator: typical requests of a frontend, and their responses. */
export const use = async (baseUrl: string, token: string, missing: string) => {
  const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } })
  const titles: Array<string> = []

  const created = await client.POST("/api/tasks", { body: { title: "Buy milk" } })
  await client.POST("/api/tasks", { body: { title: "Buy bread", priority: "high", due_at: null } })
  const task = created.data
  if (task === undefined) throw created.error

  let cursor: string | undefined
  do {
    const query = { limit: 1, status: ["pending" as const], ...(cursor !== undefined && { cursor }) }
    const { data = [], response } = await client.GET("/api/tasks", { params: { query } })
    titles.push(...data.map(({ title }) => title))
    cursor = /[?&]cursor=([^&>]*)/.exec(response.headers.get("link") ?? "")?.[1]
  } while (cursor !== undefined)

  const path = { task_id: task.id }
  const etag = created.response.headers.get("etag") ?? ""
  const header = { "If-Match": etag }
  const updated = await client.PATCH("/api/tasks/{task_id}", {
    params: { path, header },
    body: { status: "completed" }
  })
  const changed = await client.PATCH("/api/tasks/{task_id}", { params: { path, header }, body: { title: "Buy tea" } })
  const current = changed.error?.code === "TASK_VERSION_CONFLICT" ? changed.error.current.status : undefined
  const invalid = await client.PATCH("/api/tasks/{task_id}", { params: { path }, body: { title: "" } })
  const pointer = invalid.error?.code === "VALIDATION_FAILED" ? invalid.error.errors[0]?.pointer : undefined
  const gone = await client.GET("/api/tasks/{task_id}", { params: { path: { task_id: missing } } })
  const unknown = await client.GET("/api/me", { headers: { authorization: null } })
  const removed = await client.DELETE("/api/tasks/{task_id}", { params: { path } })
  return {
    titles,
    statuses: [created, updated, changed, invalid, gone, unknown, removed].map(({ response }) => response.status),
    codes: [changed, invalid, gone, unknown].map(({ error }) => error?.code),
    current,
    pointer
  }
}
