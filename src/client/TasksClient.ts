import type { IdempotentOptions, Listable, TasksClient, UpdateOptions } from "./ClientTypes.ts"
import { NetworkError } from "./Errors.ts"
import { type Call, makeHttpTransport, type Options } from "./HttpTransport.ts"
import { readLines } from "./Ndjson.ts"
import { readPart, toPage, walk } from "./Pagination.ts"
import type { Page, PlainQuery, Project, Tag, Task, TaskQuery, TrashedTask } from "./Types.ts"

const ifMatch = ({ ifMatch: version }: UpdateOptions = {}) =>
  version === undefined ? {} : { "if-match": `"${version}"` }

// Not randomUUID: a page that came by plain HTTP does not have it.
const newKey = () => crypto.getRandomValues(new Uint32Array(4)).join("-")

const named = ({ idempotencyKey = newKey() }: IdempotentOptions = {}) => ({ "idempotency-key": idempotencyKey })

const listed = <Item, Query>(
  everything: Query,
  list: (query: Query, call: Call | undefined) => Promise<Page<Item, Query>>
): Listable<Item, Query> => ({
  list: (query = everything, call) => list(query, call),
  all: (query = everything, call) => walk(list, query, call)
})

/** The service as functions that give promises. They throw `ApiError`, `NetworkError`, or why a signal was aborted. */
export const makeTasksClient = (options: Options): TasksClient => {
  const send = makeHttpTransport(options)
  return {
    tasks: {
      ...listed<Task, TaskQuery>({}, async (query, call) =>
        toPage(query, await send("GET", "/api/tasks", { query }, call, readPart))
      ),
      get: (id, call) => send("GET", "/api/tasks/:task_id", { params: { task_id: id } }, call),
      create: (body, call) => send("POST", "/api/tasks", { body, headers: named(call) }, call),
      update: (id, body, call) =>
        send("PATCH", "/api/tasks/:task_id", { params: { task_id: id }, body, headers: ifMatch(call) }, call),
      delete: (id, call) =>
        send("DELETE", "/api/tasks/:task_id", { params: { task_id: id }, headers: ifMatch(call) }, call),
      move: (id, body, call) =>
        send(
          "POST",
          "/api/tasks/:task_id/move",
          { params: { task_id: id }, body, headers: { ...ifMatch(call), ...named(call) } },
          call
        ),
      bulk: async (operations, call) =>
        (await send("POST", "/api/tasks/bulk", { body: { operations }, headers: named(call) }, call)).results,
      restore: (id, call) =>
        send("POST", "/api/tasks/:task_id/restore", { params: { task_id: id }, headers: named(call) }, call)
    },
    projects: {
      ...listed<Project, PlainQuery>({}, async (query, call) =>
        toPage(query, await send("GET", "/api/projects", { query }, call, readPart))
      ),
      get: (id, call) => send("GET", "/api/projects/:project_id", { params: { project_id: id } }, call),
      create: (body, call) => send("POST", "/api/projects", { body, headers: named(call) }, call),
      update: (id, body, call) =>
        send("PATCH", "/api/projects/:project_id", { params: { project_id: id }, body, headers: ifMatch(call) }, call),
      delete: (id, call) =>
        send("DELETE", "/api/projects/:project_id", { params: { project_id: id }, headers: ifMatch(call) }, call)
    },
    tags: {
      ...listed<Tag, PlainQuery>({}, async (query, call) =>
        toPage(query, await send("GET", "/api/tags", { query }, call, readPart))
      ),
      get: (id, call) => send("GET", "/api/tags/:tag_id", { params: { tag_id: id } }, call),
      create: (body, call) => send("POST", "/api/tags", { body, headers: named(call) }, call),
      update: (id, body, call) =>
        send("PATCH", "/api/tags/:tag_id", { params: { tag_id: id }, body, headers: ifMatch(call) }, call),
      delete: (id, call) =>
        send("DELETE", "/api/tags/:tag_id", { params: { tag_id: id }, headers: ifMatch(call) }, call)
    },
    trash: {
      ...listed<TrashedTask, PlainQuery>({}, async (query, call) =>
        toPage(query, await send("GET", "/api/trash", { query }, call, readPart))
      ),
      delete: (id, call) => send("DELETE", "/api/trash/:task_id", { params: { task_id: id } }, call)
    },
    me: (call) => send("GET", "/api/me", {}, call),
    export: async function* (call) {
      const rows = await send("GET", "/api/export", {}, call, readLines)
      try {
        yield* rows
      } catch (cause) {
        call?.signal?.throwIfAborted()
        throw new NetworkError("The export broke off: what came is not the whole", { cause })
      }
    },
    health: (call) => send("GET", "/health", {}, call)
  }
}
