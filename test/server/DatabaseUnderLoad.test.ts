import { randomUUID } from "node:crypto"
import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Logger, Redacted, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import * as Migrations from "../../src/database/Migrations.ts"
import * as PostgresDatabase from "../../src/database/PostgresDatabase.ts"
import type { Task } from "../../src/domain/Task.ts"
import { HttpTestClient, type TestResponse } from "../support/HttpTestClient.ts"
import * as PostgresServer from "../support/PostgresServer.ts"
import { until } from "../support/Process.ts"
import { settings } from "../support/TestDatabase.ts"
import * as TestServer from "../support/TestServer.ts"
import { byTier } from "../support/Tier.ts"

const durable = TestServer.start({ durable: true }).pipe(
  Effect.tap(({ url }) => Effect.provide(Migrations.apply, PostgresDatabase.layerDirect(settings, Redacted.make(url))))
)

/** The API on a database, without log lines about its failures. */
const wireOn = (url: string) =>
  HttpTestClient.layer.pipe(Layer.provide([PostgresDatabase.layer(settings, Redacted.make(url)), Logger.layer([])]))

/** Repeats until the database responds. */
const ask = Effect.fnUntraced(function* (as: string, path: string) {
  const request = yield* HttpTestClient
  return yield* request("GET", path, { as }).pipe(
    Effect.repeat({ while: ({ status }) => status === 503, schedule: Schedule.spaced("50 millis") })
  )
})

const assertUnavailable = ({ body, headers, status }: TestResponse) => {
  assert.strictEqual(status, 503, JSON.stringify(body))
  assert.strictEqual(body.code, "SERVICE_UNAVAILABLE")
  assert.strictEqual(headers.get("retry-after"), "1")
}

const titleAndVersion = ({ title, version }: Task) => ({ title, version })

/** What was acknowledged, and how often nothing was. */
interface Ledger {
  acknowledged: number
  unavailable: number
  readonly tasks: Array<{ readonly owner: string; readonly task: Pick<Task, "id" | "title" | "version"> }>
}

/**
 * Makes a task and changes it some times, and enters what was acknowledged. After a write whose outcome is
 * unknown it looks: the write was made once or not at all.
 */
const write = Effect.fnUntraced(function* (owner: string, ledger: Ledger) {
  const request = yield* HttpTestClient
  const id = randomUUID()
  const path = `/api/tasks/${id}`
  const created = yield* request("POST", "/api/tasks", { as: owner, body: { id, title: "0" } })
  if (created.status === 201) ledger.acknowledged++
  else {
    assertUnavailable(created)
    ledger.unavailable++
    if ((yield* ask(owner, path)).status === 404) return
  }
  let task: Pick<Task, "id" | "title" | "version"> = { id: id as Task["id"], title: "0", version: 1 }
  for (let change = 1; change < 5; change++) {
    const next = { id: task.id, title: String(change), version: task.version + 1 }
    const changed = yield* request("PATCH", path, {
      as: owner,
      headers: { "if-match": `"${task.version}"` },
      body: { title: next.title }
    })
    if (changed.status === 200) {
      ledger.acknowledged++
      assert.deepStrictEqual(titleAndVersion(changed.body), titleAndVersion(next as Task))
      task = next
    } else {
      assertUnavailable(changed)
      ledger.unavailable++
      const { body, status } = yield* ask(owner, path)
      assert.strictEqual(status, 200)
      assert.deepInclude(
        [task, next].map((task) => titleAndVersion(task as Task)),
        titleAndVersion(body)
      )
      task = titleAndVersion(body).version === next.version ? next : task
    }
  }
  ledger.tasks.push({ owner, task })
})

const writers = 16
const kills = 3
const writesBetweenKills = byTier(400, 3750)

/** Of a bulk. */
const size = 20

describe.runIf(PostgresServer.isAvailable)("Writes under load", () => {
  it.live(
    "no acknowledged write is lost, undone or doubled when PostgreSQL is killed repeatedly",
    () =>
      Effect.gen(function* () {
        const server = yield* durable
        const ledger: Ledger = { acknowledged: 0, unavailable: 0, tasks: [] }
        yield* Effect.gen(function* () {
          let isOver = false
          const writing = yield* Effect.forkChild(
            Effect.all(
              Array.from({ length: writers }, (_, n) =>
                Effect.repeat(write(`user-${n % 4}`, ledger), { until: () => isOver })
              ),
              { concurrency: "unbounded" }
            )
          )
          const advance = Effect.suspend(() => {
            const goal = ledger.acknowledged + writesBetweenKills
            return Effect.raceFirst(
              until(() => ledger.acknowledged >= goal),
              Effect.asVoid(Fiber.join(writing))
            )
          })
          for (let kill = 0; kill < kills; kill++) {
            yield* advance
            const { unavailable } = ledger
            yield* server.kill
            // Each client has its error, and now checks whether its write was made.
            yield* until(() => ledger.unavailable === unavailable + writers)
            yield* server.restart
          }
          yield* advance
          isOver = true
          yield* Fiber.join(writing)
          // By another way than the service's, all that is there.
          const sql = yield* SqlClient.SqlClient
          const rows = yield* sql<Task>`select user_id, id, title, version from task`
          const found = new Map(rows.map((row) => [row.id, row]))
          assert.strictEqual(found.size, ledger.tasks.length)
          for (const { owner, task } of ledger.tasks) {
            assert.deepStrictEqual({ ...found.get(task.id) }, { user_id: owner, ...task })
          }
          assert.isAtLeast(ledger.acknowledged, (kills + 1) * writesBetweenKills)
        }).pipe(Effect.provide(Layer.merge(wireOn(server.url), PgClient.layer({ url: Redacted.make(server.url) }))))
      }).pipe(Effect.scoped),
    300_000
  )

  it.live(
    "a bulk whose connection is terminated is applied as a whole or not at all, and never twice",
    () =>
      Effect.gen(function* () {
        const server = yield* durable
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const bulks: Array<{ readonly title: string; readonly status: number }> = []
          const bulk = Effect.fnUntraced(function* (hasKey: boolean) {
            const request = yield* HttpTestClient
            const title = randomUUID()
            const answer = request("POST", "/api/tasks/bulk", {
              as: "ada",
              headers: hasKey ? { "idempotency-key": title } : {},
              body: { operations: Array.from({ length: size }, () => ({ op: "create", task: { title } })) }
            })
            const first = yield* answer
            if (first.status !== 200) assertUnavailable(first)
            // Under its key it can be sent until it is acknowledged. The server may still be busy with the last one.
            const last = hasKey
              ? yield* Effect.repeat(answer, { while: ({ status }) => status === 503 || status === 409 })
              : first
            bulks.push({ title, status: last.status })
          })
          const terminate = sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'effect-tasks'`
          const count = (code: number) => bulks.filter(({ status }) => status === code).length
          const isEnough = () => count(200) >= 50 && count(503) >= 50
          // Whenever one has been made, others are in the midst of it.
          const killer = yield* Effect.suspend(() => {
            const made = count(200)
            return Effect.andThen(
              until(() => count(200) > made),
              terminate
            )
          }).pipe(Effect.forever, Effect.forkChild)
          yield* Effect.all(
            Array.from({ length: 6 }, (_, n) => Effect.repeat(bulk(n === 0), { until: isEnough })),
            { concurrency: "unbounded" }
          )
          yield* Fiber.interrupt(killer)

          const counts = yield* sql<{ title: string; made: number }>`
            select title, count(*)::int as made from task group by title
          `
          const made = new Map(counts.map((row) => [row.title, row.made]))
          for (const { status, title } of bulks) {
            if (status === 200) assert.strictEqual(made.get(title), size)
            else assert.oneOf(made.get(title), [undefined, size])
          }
        }).pipe(Effect.provide(Layer.merge(wireOn(server.url), PgClient.layer({ url: Redacted.make(server.url) }))))
      }).pipe(Effect.scoped),
    300_000
  )
})
