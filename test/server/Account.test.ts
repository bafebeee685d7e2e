import { randomUUID } from "node:crypto"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpTestClient } from "../support/HttpTestClient.ts"
import { AdminSql, all } from "../support/TestDatabase.ts"

const rowsOf = (user: string) =>
  Effect.gen(function* () {
    const sql = yield* AdminSql
    const tables = yield* sql<{ name: string }>`
      select relname as name from pg_class join pg_attribute on attrelid = pg_class.oid
      where relkind = 'r' and attname = 'user_id' and relnamespace = 'public'::regnamespace
    `
    assert.isAtLeast(tables.length, 8)
    const counts = yield* Effect.forEach(tables, ({ name }) =>
      Effect.map(
        sql<{ rows: number }>`select count(*)::int as rows from ${sql(name)} where user_id = ${user}`,
        ([row]) => [name, row?.rows ?? 0] as const
      )
    )
    return Object.fromEntries(counts.filter(([, rows]) => rows > 0))
  })

/** Something in every table. */
const fill = Effect.fnUntraced(function* (as: string, hundreds: number) {
  const request = yield* HttpTestClient
  const post = (path: string, body?: unknown) =>
    Effect.map(
      request("POST", path, {
        as,
        headers: { "idempotency-key": randomUUID() },
        ...(body !== undefined && { body })
      }),
      (response) => response.body
    )
  const project = yield* post("/api/projects", { name: "p" })
  const tag = yield* post("/api/tags", { name: "t" })
  const operations = Array.from({ length: 100 }, (_, n) => ({
    op: "create",
    task: { title: `${n}`, project_id: project.id, tag_ids: [tag.id] }
  }))
  for (let n = 0; n < hundreds; n++) yield* request("POST", "/api/tasks/bulk", { as, body: { operations } })
  const repeated = yield* post("/api/tasks", {
    title: "repeated",
    due: { date: "2026-12-01" },
    recurrence: { rrule: "FREQ=DAILY", anchor: "due" }
  })
  yield* request("PATCH", `/api/tasks/${repeated.id}`, { as, body: { status: "completed" } })
  yield* post("/api/tasks", { title: "subtask", parent_id: repeated.id })
  const task = yield* post("/api/tasks", { title: "trash" })
  yield* request("DELETE", `/api/tasks/${task.id}`, { as })
  const gone = yield* post("/api/tags", { name: "gone" })
  yield* request("DELETE", `/api/tags/${gone.id}`, { as })
  yield* post("/api/events/tickets")
})

describe.each(all)("DELETE /api/account on %s", (_, database) => {
  layer(Layer.provideMerge(HttpTestClient.layer, database), { excludeTestServices: true, timeout: 300_000 })((it) => {
    it.effect("removes every row of the caller and none of another user, and may be repeated", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        // More than the server removes at once.
        yield* fill("ada", 6)
        yield* fill("bob", 1)
        const bobs = yield* rowsOf("bob")
        assert.includeMembers(Object.keys(bobs), ["task", "task_tag", "task_completion", "idempotency_key", "account"])
        assert.isAtLeast(Object.keys(bobs).length, 10)
        const { cursor } = (yield* request("GET", "/api/changes", { as: "ada" })).body
        for (let attempt = 0; attempt < 2; attempt++) {
          const erase = request("DELETE", "/api/account?confirm=ada", { as: "ada" })
          while ((yield* erase).status === 202) yield* Effect.yieldNow
          assert.deepStrictEqual(yield* rowsOf("ada"), {})
        }
        assert.deepStrictEqual(yield* rowsOf("bob"), bobs)
        assert.strictEqual((yield* request("GET", `/api/changes?cursor=${cursor}`, { as: "ada" })).status, 410)
        assert.strictEqual((yield* request("POST", "/api/tasks", { as: "ada", body: { title: "anew" } })).status, 201)
      })
    )

    it.effect("returns 202 while a long erasure is in progress, and 204 when nothing is left", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const sql = yield* AdminSql
        const erase = request("DELETE", "/api/account?confirm=large", { as: "large" })
        yield* request("POST", "/api/tasks", { as: "large", body: { title: "t" } })
        // As long as another transaction writes, the erasure waits.
        const responses = yield* sql.withTransaction(
          Effect.andThen(sql`select from account where user_id = 'large' for update`, Effect.all([erase, erase]))
        )
        for (const { headers, status } of responses) {
          assert.deepStrictEqual([status, headers.get("retry-after")], [202, "5"])
        }
        while (Object.keys(yield* rowsOf("large")).length > 0) yield* Effect.yieldNow
        assert.strictEqual((yield* erase).status, 204)
      })
    )

    it.effect("needs the caller's id as confirmation, and a token that was issued recently", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        yield* request("POST", "/api/tasks", { as: "eve", body: { title: "kept" } })
        for (const [as, query, status, code] of [
          ["eve", "?confirm=ada", 412, "ERASURE_NOT_CONFIRMED"],
          ["eve", "", 422, "VALIDATION_FAILED"],
          ["stale", "?confirm=stale", 401, "TOKEN_EXPIRED"]
        ] as const) {
          assert.deepInclude((yield* request("DELETE", `/api/account${query}`, { as })).body, { status, code })
        }
        assert.deepInclude(yield* rowsOf("eve"), { task: 1 })
      })
    )
  })
})
