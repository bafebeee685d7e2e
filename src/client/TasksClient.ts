import { readParts } from "./BodyParts.ts"
import type {
  Call,
  ClientOptions,
  Listable,
  MoveOptions,
  Page,
  Resource,
  TasksClient,
  UpdateOptions
} from "./ClientTypes.ts"
import { NetworkError, secondsToWait } from "./Errors.ts"
import { makeHttpTransport } from "./HttpTransport.ts"
import { newId } from "./Ids.ts"
import { pageReader, paginate } from "./Pagination.ts"
import { abortableSleep } from "./Retry.ts"
import { readEvents, sync } from "./Sync.ts"
import type { ExportRecord, ListQuery, Task, TaskCreate, TaskQuery, TaskUpdate } from "./Types.ts"

const ifMatch = ({ ifMatch: version }: UpdateOptions = {}) =>
  version === undefined ? {} : { "if-match": `"${version}"` }

const pathOf = (path: string, id: string) => `${path}/${encodeURIComponent(id)}`

/** For a request that is repeated until the server has done it. */
const secondsUntilDone = (response: Response) => (response.status === 202 ? (secondsToWait(response) ?? 5) : undefined)

/** Makes a client for one user of the service at `baseUrl`. */
export const makeTasksClient = (options: ClientOptions): TasksClient => {
  const send = makeHttpTransport(options)

  const get = <A>(path: string, query: object, call?: Call, read?: (response: Response) => A | Promise<A>) =>
    send<A>("GET", path, { query }, call, read)

  const post = <A>(path: string, body: unknown, call: MoveOptions = {}): Promise<A> => {
    const headers = { ...ifMatch(call), "idempotency-key": call.idempotencyKey ?? newId() }
    return send("POST", path, { body, headers }, call)
  }

  const listable = <Item, Query extends ListQuery>(path: string): Listable<Item, Query> => {
    const list = async (query = {} as Query, call?: Call): Promise<Page<Item, Query>> => {
      // The server cannot see an empty array in a query, and would return every task.
      if ((query as TaskQuery).status?.length === 0) {
        return { items: [], next: undefined, total: query.count && 0 }
      }
      return get(path, query, call, pageReader<Item, Query>(query))
    }
    return { list, all: (query = {} as Query, call) => paginate(list, query, call) }
  }

  const resource = <Item, Create, Update, Query extends ListQuery>(
    path: string
  ): Resource<Item, Create, Update, Query> => ({
    ...listable(path),
    get: (id, call) => get(pathOf(path, id), {}, call),
    create: (body, call) => post(path, body, call),
    update: (id, body, call) => send("PATCH", pathOf(path, id), { body, headers: ifMatch(call) }, call),
    delete: (id, call) => send("DELETE", pathOf(path, id), { headers: ifMatch(call) }, call)
  })

  const changes: TasksClient["changes"] = (query = {}, call) => get("/api/changes", query, call)

  return {
    tasks: {
      ...resource<Task, TaskCreate, TaskUpdate, TaskQuery>("/api/tasks"),
      move: (id, body, call) => post(`${pathOf("/api/tasks", id)}/move`, body, call),
      parse: (body, call) => send("POST", "/api/tasks/parse", { body }, call),
      completions: (id, query = {}, call) =>
        get(`${pathOf("/api/tasks", id)}/completions`, query, call, pageReader(query)),
      bulk: async (operations, call) =>
        (await post<{ results: ReadonlyArray<Task | null> }>("/api/tasks/bulk", { operations }, call)).results,
      restore: (id, call) => post(`${pathOf("/api/tasks", id)}/restore`, undefined, call)
    },
    projects: resource("/api/projects"),
    tags: resource("/api/tags"),
    trash: {
      ...listable("/api/trash"),
      delete: (id, call) => send("DELETE", pathOf("/api/trash", id), {}, call)
    },
    changes,
    sync: (options) => sync({ changes, events: (call) => get("/api/events", {}, call, readEvents) }, options),
    previewRecurrence: (body, call) => send("POST", "/api/recurrence/preview", { body }, call),
    me: (call) => get("/api/me", {}, call),
    export: async function* (call) {
      const lines = await get("/api/export", {}, call, (response) => readParts(response, "\n"))
      try {
        for await (const line of lines) yield JSON.parse(line) as ExportRecord
      } catch (cause) {
        call?.signal?.throwIfAborted()
        throw new NetworkError("interrupted", "The export is incomplete. Try again.", { cause })
      }
    },
    erase: async (confirm, call) => {
      for (;;) {
        const wait = await send("DELETE", "/api/account", { query: { confirm } }, call, secondsUntilDone)
        if (wait === undefined) return
        await abortableSleep(wait * 1000, call?.signal)
      }
    },
    health: (call) => get("/health", {}, call)
  }
}
