import { Effect } from "effect"
import * as PostgresServer from "../test/support/PostgresServer.ts"
import type { Ask, Balancer, Seen } from "./Balancer.ts"

/** A task as its writer knows it: what was acknowledged of it. */
interface Entry {
  readonly id: string
  readonly title: string
  description: string | null
}

/** What the clients were told. Whatever it holds must be found in the end, once. */
export interface Ledger {
  readonly entries: Array<Entry>
  acknowledged: number
  /** Answers that no service may give. */
  readonly wrong: Array<string>
  readonly seen: Array<Seen>
}

export const make = (): Ledger => ({ entries: [], acknowledged: 0, wrong: [], seen: [] })

/** What any request may be answered while something is away. The second is a key whose first request is not over. */
const isPassing = ({ body, headers, status }: Seen) =>
  (status === 503 && headers["retry-after"] !== undefined && /"code":"(SERVICE_UNAVAILABLE|NOT_READY)"/.test(body)) ||
  (status === 409 && /"code":"IDEMPOTENCY_KEY_IN_PROGRESS"/.test(body))

/** Asks, and asks again as long as the answer is that something is away or there is none, as any good client does. */
const insist = (ledger: Ledger, balancer: Balancer, ask: Ask, expected: number) =>
  Effect.gen(function* () {
    while (true) {
      const seen = yield* balancer(ask)
      ledger.seen.push(seen)
      if (seen.status === expected) return JSON.parse(seen.body)
      if (seen.status !== undefined && !isPassing(seen)) {
        ledger.wrong.push(`${ask.method} ${ask.path}: ${seen.status} ${seen.body.slice(0, 300)}`)
      }
      yield* Effect.sleep("20 millis")
    }
  })

/** Creates a task, changes it and reads it back, over and over. It goes on when it was told that each is done. */
export const write = Effect.fnUntraced(function* (ledger: Ledger, balancer: Balancer, name: string, token: string) {
  const headers = { authorization: `Bearer ${token}` }
  for (let n = 0; ; n++) {
    const title = `${name} ${n}`
    const create = {
      method: "POST",
      path: "/api/tasks",
      headers: { ...headers, "idempotency-key": `${name}-${n}` },
      body: { title }
    }
    const { id } = yield* insist(ledger, balancer, create, 201)
    const entry: Entry = { id, title, description: null }
    ledger.entries.push(entry)
    ledger.acknowledged++

    const description = `changed ${n}`
    yield* insist(ledger, balancer, { method: "PATCH", path: `/api/tasks/${id}`, headers, body: { description } }, 200)
    entry.description = description
    ledger.acknowledged++

    const read = yield* insist(ledger, balancer, { method: "GET", path: `/api/tasks/${id}`, headers }, 200)
    if (read.title !== title || read.description !== description || read.user_id !== name) {
      ledger.wrong.push(`${title} reads as ${JSON.stringify(read)}`)
    }
    yield* Effect.sleep("5 millis")
  }
})

/** Lists a writer's newest tasks: they are that writer's, and the last one acknowledged before is among them. */
export const read = Effect.fnUntraced(function* (ledger: Ledger, balancer: Balancer, name: string, token: string) {
  const list = { method: "GET", path: "/api/tasks?limit=20", headers: { authorization: `Bearer ${token}` } }
  while (true) {
    const last = ledger.entries.findLast(({ title }) => title.startsWith(`${name} `))
    const tasks: ReadonlyArray<Entry & { user_id: string }> = yield* insist(ledger, balancer, list, 200)
    if (tasks.some(({ user_id }) => user_id !== name)) ledger.wrong.push(`${name} was shown another's task`)
    if (last !== undefined && !tasks.some(({ id }) => id === last.id)) ledger.wrong.push(`${last.title} was not listed`)
    yield* Effect.sleep("5 millis")
  }
})

/** Compares what was acknowledged with what the database holds. */
export const audit = Effect.fnUntraced(function* (ledger: Ledger, databaseUrl: string) {
  const rows = yield* PostgresServer.administer(
    databaseUrl,
    (sql) =>
      sql<{ id: string; title: string; description: string | null }>`select id::text, title, description from task`
  )
  const stored = new Map(rows.map((row) => [row.id, row]))
  const titles = new Set(rows.map(({ title }) => title))
  return {
    lost: ledger.entries.filter(({ id, title }) => stored.get(id)?.title !== title).length,
    undone: ledger.entries.filter(
      ({ description, id }) => description !== null && stored.get(id)?.description !== description
    ).length,
    doubled: rows.length - titles.size
  }
})
