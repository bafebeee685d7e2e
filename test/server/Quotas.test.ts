import { randomUUID } from "node:crypto"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer, Logger, Metric } from "effect"
import { SqlClient } from "effect/sql"
import type { ImportedTask } from "../../src/domain/AccountExport.ts"
import { UserId } from "../../src/domain/User.ts"
import { AccountQuotas } from "../../src/repositories/AccountQuotas.ts"
import { AccountRepo } from "../../src/repositories/AccountRepo.ts"
import { IdempotencyRepo } from "../../src/repositories/IdempotencyRepo.ts"
import { TrashRepo } from "../../src/repositories/TrashRepo.ts"
import { HttpTestClient, repositories, type TestResponse } from "../support/HttpTestClient.ts"
import { databases } from "../support/TestDatabase.ts"

const quotas = { task: 5, project: 2, tag: 2, stored_response: 2000 }

const assertRefused = ({ body, status }: TestResponse, quota: keyof typeof quotas) => {
  assert.strictEqual(status, 403, JSON.stringify(body))
  assert.deepInclude(body, { code: "QUOTA_EXCEEDED", quota, limit: quotas[quota] })
  assert.include(body.detail, String(quotas[quota]))
}

const usage = Effect.fnUntraced(function* (user: string) {
  const sql = yield* SqlClient.SqlClient
  const counted = yield* sql<{ kind: string; amount: number }>`
    select kind, sum(amount)::int as amount from account_usage where user_id = ${user} group by kind order by kind
  `
  const [actual] = yield* sql<Record<string, number>>`
    select
      (select count(*)::int from project where user_id = ${user}) as project,
      (select coalesce(sum(octet_length(headers) + octet_length(body)), 0)::int from idempotency_key
        where user_id = ${user}) as stored_response,
      (select count(*)::int from tag where user_id = ${user}) as tag,
      (select count(*)::int from task where user_id = ${user}) as task
  `
  return { counted: Object.fromEntries(counted.map(({ amount, kind }) => [kind, amount])), actual }
})

const assertCounted = Effect.fnUntraced(function* (user: string) {
  const { actual, counted } = yield* usage(user)
  assert.deepStrictEqual({ project: 0, stored_response: 0, tag: 0, task: 0, ...counted }, { ...actual })
})

const time = "2026-01-01T00:00:00.000Z"

const imported = (): ImportedTask =>
  ({
    ...{ id: randomUUID(), title: "t", description: null, status: "pending", priority: "none", due_at: null },
    ...{ project_id: null, tag_ids: [], position: "a0", completed_at: null, version: 1 },
    ...{ created_at: time, updated_at: time }
  }) as unknown as ImportedTask

describe.each(databases)("Quotas on %s", (_, database) => {
  const services = HttpTestClient.layer.pipe(
    Layer.provideMerge(repositories),
    Layer.provide([Layer.succeed(AccountQuotas, quotas), Logger.layer([])]),
    Layer.provideMerge(database)
  )

  layer(services, { timeout: 300_000 })((it) => {
    it.effect("refuse a further row with 403 until another one is deleted permanently", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const create = (path: string, body: unknown) => request("POST", path, { as: "ada", body })
        const id = randomUUID()
        assert.strictEqual((yield* create("/api/tasks", { id, title: "t" })).status, 201)
        for (let n = 1; n < 5; n++) assert.strictEqual((yield* create("/api/tasks", { title: "t" })).status, 201)
        assertRefused(yield* create("/api/tasks", { title: "t" }), "task")
        // A repeated request gets TASK_ALREADY_EXISTS, not QUOTA_EXCEEDED.
        assert.strictEqual((yield* create("/api/tasks", { id, title: "t" })).status, 409)
        assert.strictEqual((yield* request("DELETE", `/api/tasks/${id}`, { as: "ada" })).status, 204)
        assertRefused(yield* create("/api/tasks", { title: "t" }), "task")
        assert.strictEqual((yield* request("DELETE", `/api/trash/${id}`, { as: "ada" })).status, 204)
        assert.strictEqual((yield* create("/api/tasks", { title: "t" })).status, 201)

        for (const [kind, path] of [
          ["project", "/api/projects"],
          ["tag", "/api/tags"]
        ] as const) {
          for (const name of ["a", "b"]) assert.strictEqual((yield* create(path, { name })).status, 201)
          assertRefused(yield* create(path, { name: "c" }), kind)
        }
        assert.strictEqual((yield* create("/api/tags", { name: "A" })).status, 409)
        assert.strictEqual((yield* request("POST", "/api/tasks", { as: "bob", body: { title: "t" } })).status, 201)
        yield* assertCounted("ada")
      })
    )

    it.effect("refuse a bulk request as a whole", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const bulk = (count: number) => {
          const operations = Array.from({ length: count }, () => ({ op: "create", task: { title: "t" } }))
          return request("POST", "/api/tasks/bulk", { as: "eve", body: { operations } })
        }
        assertRefused(yield* bulk(6), "task")
        assert.deepStrictEqual((yield* request("GET", "/api/tasks", { as: "eve" })).body, [])
        assert.strictEqual((yield* bulk(5)).status, 200)
        assertRefused(yield* bulk(1), "task")
        yield* assertCounted("eve")
      })
    )

    it.effect("refuse single rows of an import, but no row that exists", () =>
      Effect.gen(function* () {
        const account = yield* AccountRepo
        const owner = UserId.make("imported")
        const outcomes = (rows: ReadonlyArray<{ readonly outcome: string }>) => rows.map(({ outcome }) => outcome)
        const rows = Array.from({ length: 7 }, imported)
        const first = yield* account.restore(owner, "task", rows.slice(0, 3))
        assert.deepStrictEqual(outcomes(first), Array(3).fill("added"))
        const all = outcomes(yield* account.restore(owner, "task", rows))
        assert.deepStrictEqual(all.toSorted(), [
          ...Array(2).fill("added"),
          ...Array(3).fill("present"),
          ...Array(2).fill("refused")
        ])
        const names = ["a", "b", "c"].map((name) => ({ id: randomUUID(), name, color: null, version: 1 }))
        const tags = names.map((tag) => ({ ...tag, created_at: time, updated_at: time })) as never
        assert.deepStrictEqual(outcomes(yield* account.restore(owner, "tag", tags)), ["added", "added", "refused"])
        assert.deepStrictEqual(outcomes(yield* account.restore(owner, "tag", tags)), ["present", "present", "refused"])
        const projects = names.map((tag) => ({
          ...{ ...tag, description: null, archived: false, created_at: time, updated_at: time }
        })) as never
        assert.deepStrictEqual(outcomes(yield* account.restore(owner, "project", projects)), [
          "added",
          "added",
          "refused"
        ])
        yield* assertCounted("imported")
      })
    )

    it.effect("refuse a request with a key while the stored responses are too large, and count that", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const create = (key: string) =>
          request("POST", "/api/projects", {
            as: "joe",
            headers: { "idempotency-key": key },
            body: { name: "p", description: "d".repeat(1000) }
          })
        assert.strictEqual((yield* create("1")).status, 201)
        assert.strictEqual((yield* create("2")).status, 201)
        assertRefused(yield* create("3"), "stored_response")
        assert.strictEqual((yield* create("1")).headers.get("idempotency-replayed"), "true")
        const sql = yield* SqlClient.SqlClient
        yield* sql`update idempotency_key set created_at = now() - interval '25 hours' where user_id = 'joe'`
        yield* assertCounted("joe")
        yield* (yield* IdempotencyRepo).purge
        yield* assertCounted("joe")
        assertRefused(yield* create("3"), "project")
        const states = yield* Metric.snapshot
        const refused = states.filter(({ id }) => id === "quota_rejected_writes_total")
        assert.includeMembers(
          refused.map(({ attributes }) => attributes?.quota),
          ["task", "project", "tag", "stored_response"]
        )
      })
    )

    it.effect("are counted right by concurrent writes, in the trash and after purges", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const results = yield* Effect.all(
          Array.from({ length: 20 }, () => request("POST", "/api/tasks", { as: "zoe", body: { title: "t" } })),
          { concurrency: "unbounded" }
        )
        const created = results.filter(({ status }) => status === 201)
        assert.isAtLeast(created.length, quotas.task)
        yield* Effect.all(
          created.map(({ body }) => request("DELETE", `/api/tasks/${body.id}`, { as: "zoe" })),
          { concurrency: "unbounded" }
        )
        yield* assertCounted("zoe")
        const sql = yield* SqlClient.SqlClient
        yield* sql`update task set deleted_at = now() - interval '31 days' where user_id = 'zoe'`
        yield* (yield* TrashRepo).purge
        yield* assertCounted("zoe")
        assert.strictEqual((yield* usage("zoe")).counted.task, 0)
      })
    )
  })
})
