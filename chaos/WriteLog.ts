import { Effect } from "effect"
import * as PostgresServer from "../test/support/PostgresServer.ts"
import * as Process from "../test/support/Process.ts"
import * as Balancer from "./Balancer.ts"

/** A task as the service acknowledged it. */
interface Entry {
  readonly id: string
  readonly title: string
  description: string | null
}

/** What the service acknowledged. The database must hold each entry once at the end. */
export interface WriteLog {
  readonly entries: Array<Entry>
  acknowledged: number
  /** Responses that no fault excuses. */
  readonly wrong: Array<string>
  readonly exchanges: Array<Balancer.Exchange>
}

export const make = (): WriteLog => ({ entries: [], acknowledged: 0, wrong: [], exchanges: [] })

/** Responses that a client may get during a fault. The second follows a retry whose first attempt has not ended. */
const isTransient = ({ body, headers, status }: Balancer.Exchange) =>
  (status === 503 && headers["retry-after"] !== undefined && /"code":"(SERVICE_UNAVAILABLE|NOT_READY)"/.test(body)) ||
  (status === 409 && /"code":"IDEMPOTENCY_KEY_IN_PROGRESS"/.test(body))

/** Sends a request, and repeats it after a transient error and after no response. */
const sendUntil = (log: WriteLog, balancer: Balancer.Balancer, request: Balancer.Request, expected: number) =>
  Effect.gen(function* () {
    while (true) {
      const exchange = yield* balancer(request)
      log.exchanges.push(exchange)
      if (exchange.status === expected) return JSON.parse(exchange.body)
      if (exchange.status !== undefined && !isTransient(exchange)) {
        log.wrong.push(`${request.method} ${request.path}: ${exchange.status} ${exchange.body.slice(0, 300)}`)
      }
      yield* Effect.sleep("20 millis")
    }
  })

/** Creates a task, updates it and reads it, again and again. */
const write = Effect.fnUntraced(function* (log: WriteLog, balancer: Balancer.Balancer, name: string, token: string) {
  const headers = { authorization: `Bearer ${token}` }
  for (let n = 0; ; n++) {
    const title = `${name} ${n}`
    const create = {
      method: "POST",
      path: "/api/tasks",
      headers: { ...headers, "idempotency-key": `${name}-${n}` },
      body: { title }
    }
    const { id } = yield* sendUntil(log, balancer, create, 201)
    const entry: Entry = { id, title, description: null }
    log.entries.push(entry)
    log.acknowledged++

    const description = `updated ${n}`
    const path = `/api/tasks/${id}`
    yield* sendUntil(log, balancer, { method: "PATCH", path, headers, body: { description } }, 200)
    entry.description = description
    log.acknowledged++

    const read = yield* sendUntil(log, balancer, { method: "GET", path, headers }, 200)
    if (read.title !== title || read.description !== description || read.user_id !== name) {
      log.wrong.push(`GET ${title} returned ${JSON.stringify(read)}`)
    }
    yield* Effect.sleep("5 millis")
  }
})

/** Lists a user's newest tasks. The list must hold the last acknowledged task, and no other user's. */
const list = Effect.fnUntraced(function* (log: WriteLog, balancer: Balancer.Balancer, name: string, token: string) {
  const request = { method: "GET", path: "/api/tasks?limit=20", headers: { authorization: `Bearer ${token}` } }
  while (true) {
    const last = log.entries.findLast(({ title }) => title.startsWith(`${name} `))
    const tasks: ReadonlyArray<Entry & { user_id: string }> = yield* sendUntil(log, balancer, request, 200)
    if (tasks.some(({ user_id }) => user_id !== name)) log.wrong.push(`${name} received another user's task`)
    if (last !== undefined && !tasks.some(({ id }) => id === last.id)) log.wrong.push(`the list lacks ${last.title}`)
    yield* Effect.sleep("5 millis")
  }
})

export const users = Array.from({ length: 6 }, (_, n) => `user-${n}`)

export const clients = users.length * 2

/** Starts one client that writes and one that lists for each user. */
export const startClients = Effect.fnUntraced(function* (log: WriteLog, urls: ReadonlyArray<string>) {
  return yield* Effect.forEach(
    users,
    Effect.fnUntraced(function* (name, n) {
      const token = yield* Process.tokenFor(name)
      return [
        yield* Effect.forkScoped(write(log, yield* Balancer.make(urls, n), name, token)),
        yield* Effect.forkScoped(list(log, yield* Balancer.make(urls, n + 1), name, token))
      ]
    })
  )
})

/** Compares the acknowledged writes with the rows of the database. */
export const audit = Effect.fnUntraced(function* (log: WriteLog, databaseUrl: string) {
  const rows = yield* PostgresServer.administer(
    databaseUrl,
    (sql) =>
      sql<{ id: string; title: string; description: string | null }>`select id::text, title, description from task`
  )
  const stored = new Map(rows.map((row) => [row.id, row]))
  const isLost = ({ description, id, title }: Entry) => {
    const row = stored.get(id)
    return row?.title !== title || (description !== null && row.description !== description)
  }
  return {
    lost: log.entries.filter(isLost).length,
    duplicated: rows.length - new Set(rows.map(({ title }) => title)).size
  }
})
