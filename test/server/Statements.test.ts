import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Tracer } from "effect"
import { HttpTestClient } from "../support/HttpTestClient.ts"
import { layerPg } from "../support/TestDatabase.ts"

let statements = 0

/** Counts what goes to the database by the spans that the client makes of it. */
const counting = Layer.succeed(
  Tracer.Tracer,
  Tracer.make({
    span: (options) => {
      if (options.kind === "client") statements++
      return new Tracer.NativeSpan(options)
    }
  })
)

const services = Layer.merge(HttpTestClient.layer, counting).pipe(Layer.provide([layerPg, counting]))

layer(services, { excludeTestServices: true, timeout: 300_000 })("Number of SQL statements", (it) => {
  const ask = Effect.fnUntraced(function* (method: string, path: string, body?: unknown, headers = {}) {
    const request = yield* HttpTestClient
    statements = 0
    const answer = yield* request(method, path, { as: "ada", headers, ...(body !== undefined && { body }) })
    assert.isBelow(answer.status, 300, JSON.stringify(answer.body))
    return { body: answer.body, statements }
  })

  it.effect("is one to read, list, create, update or delete, with tags and conditions", () =>
    Effect.gen(function* () {
      const { body: tag } = yield* ask("POST", "/api/tags", { name: "red" })
      const { body: project } = yield* ask("POST", "/api/projects", { name: "Home" })
      const created = yield* ask("POST", "/api/tasks", { title: "t", tag_ids: [tag.id], project_id: project.id })
      const path = `/api/tasks/${created.body.id}`
      const counts = {
        create: created.statements,
        get: (yield* ask("GET", path)).statements,
        list: (yield* ask("GET", `/api/tasks?tag_id=${tag.id}&sort=title&q=t&status=pending`)).statements,
        change: (yield* ask("PATCH", path, { title: "u" }, { "if-match": '"1"' })).statements,
        retag: (yield* ask("PATCH", path, { tag_ids: [], project_id: null })).statements,
        remove: (yield* ask("DELETE", path, undefined, { "if-match": '"3"' })).statements,
        me: (yield* ask("GET", "/api/me")).statements
      }
      assert.deepStrictEqual(counts, {
        create: 1,
        get: 1,
        list: 1,
        change: 1,
        retag: 1,
        remove: 1,
        me: 0
      })
    })
  )

  it.effect("is higher for counts and for an Idempotency-Key", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* ask("GET", "/api/tasks?count=exact")).statements, 2)
      const keyed = yield* ask("POST", "/api/tasks", { title: "t" }, { "idempotency-key": "k" })
      assert.isAbove(keyed.statements, 3)
    })
  )
})
