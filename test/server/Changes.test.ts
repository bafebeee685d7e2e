import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { ChangesRepo } from "../../src/repositories/ChangesRepo.ts"
import { HttpTestClient } from "../support/HttpTestClient.ts"
import { AdminSql, all } from "../support/TestDatabase.ts"

interface Change {
  readonly type: string
  readonly op: string
  readonly id?: string
  readonly value: Record<string, unknown> & { readonly id: string }
}

/** The client of one user, with what the tests do most. */
const clientOf = (as: string) =>
  Effect.map(HttpTestClient, (request) => ({
    send: (method: string, path: string, body?: unknown) =>
      Effect.map(request(method, path, { as, ...(body !== undefined && { body }) }), (response) => response.body),
    read: (cursor?: string, limit?: number) =>
      request(
        "GET",
        `/api/changes?${new URLSearchParams({ ...(cursor && { cursor }), ...(limit && { limit: String(limit) }) })}`,
        { as }
      )
  }))

const summaryOf = (changes: ReadonlyArray<Change>) =>
  changes.map(({ id, op, type, value }) => `${op} ${type} ${value?.title ?? value?.name ?? id}`)

describe.each(all)("GET /api/changes on %s", (_, database) => {
  const services = Layer.merge(HttpTestClient.layer, ChangesRepo.layer).pipe(Layer.provideMerge(database))

  layer(services, { excludeTestServices: true, timeout: 300_000 })((it) => {
    it.effect("returns each row once, in the order of its latest change", () =>
      Effect.gen(function* () {
        const { read, send } = yield* clientOf("order")
        const empty = (yield* read()).body
        assert.deepInclude(empty, { changes: [], has_more: false })
        const project = yield* send("POST", "/api/projects", { name: "Home" })
        const tag = yield* send("POST", "/api/tags", { name: "red" })
        const a = yield* send("POST", "/api/tasks", { title: "a", project_id: project.id, tag_ids: [tag.id] })
        const b = yield* send("POST", "/api/tasks", { title: "b" })
        const changed = yield* send("PATCH", `/api/projects/${project.id}`, { archived: true })
        const { body } = yield* read(empty.cursor)
        assert.deepStrictEqual(body.changes, [
          { type: "tag", op: "upsert", value: tag },
          { type: "task", op: "upsert", value: a },
          { type: "task", op: "upsert", value: b },
          { type: "project", op: "upsert", value: changed }
        ])
        const again = (yield* read(body.cursor)).body
        assert.deepStrictEqual(again, { changes: [], cursor: body.cursor, has_more: false })
        yield* send("PATCH", `/api/tasks/${a.id}`, { tag_ids: [] })
        const delta = (yield* read(body.cursor)).body
        assert.deepStrictEqual(summaryOf(delta.changes), ["upsert task a"])
        assert.deepInclude(delta.changes[0].value, { tag_ids: [], version: 2 })
      })
    )

    it.effect("reports moves to the trash, restorations and deletions", () =>
      Effect.gen(function* () {
        const { read, send } = yield* clientOf("trash")
        const { id } = yield* send("POST", "/api/tasks", { title: "t" })
        const { cursor } = (yield* read()).body
        yield* send("DELETE", `/api/tasks/${id}`)
        const trashed = (yield* read(cursor)).body
        assert.deepStrictEqual(trashed.changes, [
          { type: "task", op: "trash", value: (yield* send("GET", "/api/trash"))[0] }
        ])
        const restored = yield* send("POST", `/api/tasks/${id}/restore`)
        assert.deepStrictEqual((yield* read(cursor)).body.changes, [{ type: "task", op: "upsert", value: restored }])
        yield* send("DELETE", `/api/tasks/${id}`)
        yield* send("DELETE", `/api/trash/${id}`)
        const deleted = { type: "task", op: "delete", id }
        assert.deepStrictEqual((yield* read(cursor)).body.changes, [deleted])
        assert.deepStrictEqual((yield* read(trashed.cursor)).body.changes, [deleted])
        // A client that begins has nothing to delete.
        assert.deepStrictEqual((yield* read()).body.changes, [])
        const again = yield* send("POST", "/api/tasks", { id, title: "again" })
        for (const from of [cursor, trashed.cursor, undefined]) {
          assert.deepStrictEqual((yield* read(from)).body.changes, [{ type: "task", op: "upsert", value: again }])
        }
      })
    )

    it.effect("reports the tasks of a deleted project and a deleted tag", () =>
      Effect.gen(function* () {
        const { read, send } = yield* clientOf("references")
        const project = yield* send("POST", "/api/projects", { name: "p" })
        const tag = yield* send("POST", "/api/tags", { name: "t" })
        yield* send("POST", "/api/tasks", { title: "in project", project_id: project.id })
        yield* send("POST", "/api/tasks", { title: "tagged", tag_ids: [tag.id] })
        yield* send("POST", "/api/tasks", { title: "neither" })
        const first = (yield* read()).body
        yield* send("DELETE", `/api/projects/${project.id}`)
        const second = (yield* read(first.cursor)).body
        assert.deepStrictEqual(summaryOf(second.changes), [`delete project ${project.id}`, "upsert task in project"])
        assert.isNull(second.changes[1].value.project_id)
        yield* send("DELETE", `/api/tags/${tag.id}`)
        const third = (yield* read(second.cursor)).body
        assert.deepStrictEqual(summaryOf(third.changes), [`delete tag ${tag.id}`, "upsert task tagged"])
        assert.deepStrictEqual(third.changes[1].value.tag_ids, [])
      })
    )

    it.effect("cuts pages anywhere, also within one transaction", () =>
      Effect.gen(function* () {
        const { read, send } = yield* clientOf("pages")
        const titles = Array.from({ length: 7 }, (_, n) => `t${n}`)
        const { results } = yield* send("POST", "/api/tasks/bulk", {
          operations: titles.map((title) => ({ op: "create", task: { title } }))
        })
        const tag = yield* send("POST", "/api/tags", { name: "t" })
        const before = (yield* read()).body.cursor
        yield* send("POST", "/api/tasks/bulk", {
          operations: results.map(({ id }: { id: string }) => ({ op: "delete", id }))
        })
        yield* send("DELETE", `/api/tags/${tag.id}`)
        for (const start of [undefined, before]) {
          const expected = (yield* read(start)).body
          assert.isFalse(expected.has_more)
          const seen: Array<Change> = []
          let cursor: string | undefined = start
          for (let more = true; more; ) {
            const page: { changes: Array<Change>; cursor: string; has_more: boolean } = (yield* read(cursor, 2)).body
            assert.isAtMost(page.changes.length, 2)
            seen.push(...page.changes)
            cursor = page.cursor
            more = page.has_more
          }
          assert.deepStrictEqual(seen, expected.changes)
          assert.strictEqual(cursor, expected.cursor)
        }
      })
    )

    it.effect("reports deletions of rows that an unfinished first reading has already returned", () =>
      Effect.gen(function* () {
        const { read, send } = yield* clientOf("beginner")
        const tag = yield* send("POST", "/api/tags", { name: "first" })
        const gone = yield* send("POST", "/api/tags", { name: "gone before" })
        yield* send("DELETE", `/api/tags/${gone.id}`)
        yield* send("POST", "/api/tags", { name: "second" })
        const page = (yield* read(undefined, 1)).body
        assert.deepStrictEqual(summaryOf(page.changes), ["upsert tag first"])
        yield* send("DELETE", `/api/tags/${tag.id}`)
        const rest = (yield* read(page.cursor)).body
        assert.deepStrictEqual(summaryOf(rest.changes), ["upsert tag second", `delete tag ${tag.id}`])
      })
    )

    it.effect("returns 422 for the cursor of another user and for an invalid cursor", () =>
      Effect.gen(function* () {
        const [ada, bob] = [yield* clientOf("ada"), yield* clientOf("bob")]
        const { cursor } = (yield* ada.read()).body
        for (const invalid of [cursor, "bm9uZQ", "e30", "%00"]) {
          const { body } = yield* bob.read(invalid)
          assert.deepInclude(body, { status: 422, code: "VALIDATION_FAILED" })
          assert.deepInclude(body.errors[0], { pointer: "/query/cursor", code: "cursor" })
        }
        assert.strictEqual((yield* ada.read(cursor, 201)).status, 422)
      })
    )

    it.effect("returns 422 or 410, and never 500, for limits and cursors that a client made up", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const { read, send } = yield* clientOf("mallory")
        yield* send("POST", "/api/tags", { name: "a" })
        const own = JSON.parse(Buffer.from((yield* read()).body.cursor, "base64url").toString())
        const statusOf = (query: string) =>
          Effect.map(request("GET", `/api/changes?${query}`, { as: "mallory" }), ({ status }) => status)
        for (const limit of ["0", "-1", "1e9", "1000000000", "201", "1.5", "", "x", "NaN", "1&limit=2"]) {
          assert.strictEqual(yield* statusOf(`limit=${limit}`), 422, limit)
        }
        const cursors: ReadonlyArray<readonly [number, object]> = [
          // From the future, of another epoch.
          [410, { seq: own.seq + 1 }],
          [410, { seq: Number.MAX_SAFE_INTEGER }],
          [410, { epoch: own.epoch + 1 }],
          [410, { seq: Number.MAX_SAFE_INTEGER, row: { type: "tag", id: "019c2f7e-0000-7000-8000-000000000000" } }],
          [422, { seq: 1e300 }],
          [422, { seq: -1 }],
          [422, { seq: 0.5 }],
          [422, { seq: "1" }],
          [422, { seq: null }],
          [422, { user: own.user + 1 }],
          [422, { row: { type: "account", id: "019c2f7e-0000-7000-8000-000000000000" } }],
          [422, { row: { type: "tag", id: "' or true --" } }],
          [422, { began: -1 }],
          // It only repeats what the client has already.
          [200, { seq: 0 }],
          [200, { began: Number.MAX_SAFE_INTEGER }]
        ]
        for (const [status, changes] of cursors) {
          const cursor = Buffer.from(JSON.stringify({ ...own, ...changes })).toString("base64url")
          assert.strictEqual(yield* statusOf(`cursor=${cursor}`), status, JSON.stringify(changes))
        }
        for (const cursor of ["", "\u0000", "x".repeat(4_000), "W10", "bnVsbA", `${"e30".repeat(100)}&cursor=e30`]) {
          assert.strictEqual(yield* statusOf(`cursor=${cursor}`), 422, cursor)
        }
      })
    )

    it.effect("returns 410 when deletions after the cursor are no longer recorded", () =>
      Effect.gen(function* () {
        const { read, send } = yield* clientOf("away")
        const changes = yield* ChangesRepo
        const sql = yield* AdminSql
        const tags = yield* Effect.forEach(["a", "b", "c"], (name) => send("POST", "/api/tags", { name }))
        const early = (yield* read()).body.cursor
        const unfinished = (yield* read(undefined, 1)).body.cursor
        yield* send("DELETE", `/api/tags/${tags[0].id}`)
        const late = (yield* read(early)).body.cursor
        yield* sql`update deletion set deleted_at = now() - interval '91 days' where user_id = 'away'`
        assert.strictEqual(yield* changes.purge, 1)
        assert.strictEqual(yield* changes.purge, 0)
        for (const cursor of [early, unfinished]) {
          assert.deepInclude((yield* read(cursor)).body, { status: 410, code: "SYNC_RESET_REQUIRED" })
        }
        assert.deepStrictEqual((yield* read(late)).body.changes, [])
        // A first reading begins below the purged numbers, and is not refused for it.
        const page = (yield* read(undefined, 1)).body
        assert.deepStrictEqual(summaryOf(page.changes), ["upsert tag b"])
        assert.deepStrictEqual(summaryOf((yield* read(page.cursor)).body.changes), ["upsert tag c"])
      })
    )

    it.effect("returns 410 for a cursor from before the account was erased or restored to an earlier state", () =>
      Effect.gen(function* () {
        const { read, send } = yield* clientOf("erased")
        const sql = yield* AdminSql
        yield* send("POST", "/api/tags", { name: "a" })
        const erased = (yield* read()).body.cursor
        for (const table of ["tag", "deletion", "account"]) {
          yield* sql`delete from ${sql(table)} where user_id = 'erased'`
        }
        assert.strictEqual((yield* read(erased)).status, 410)
        yield* send("POST", "/api/tags", { name: "b" })
        assert.strictEqual((yield* read(erased)).status, 410)
        const { cursor } = (yield* read()).body
        yield* sql`update account set last_seq = last_seq - 1 where user_id = 'erased'`
        assert.strictEqual((yield* read(cursor)).status, 410)
      })
    )
  })
})
