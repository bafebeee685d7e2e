import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { SqlError } from "effect/sql"
import { QueryTimedOut } from "../../src/database/Database.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { toApiError } from "../../src/server/pipeline/ErrorMapping.ts"
import { Readiness } from "../../src/server/Readiness.ts"
import { HttpTestClient, noRepositories } from "../support/HttpTestClient.ts"
import * as TestAuth from "../support/TestAuth.ts"

const marker = "s3cret-in-the-cause"

const sqlError = (Reason: typeof SqlError.UnknownError | typeof SqlError.ConnectionError, code?: string) =>
  new SqlError.SqlError({ reason: new Reason({ cause: Object.assign(new Error(marker), { code }), message: marker }) })

describe("Error mapping", () => {
  it.each([
    ["08006", 503],
    ["53300", 503],
    ["57P01", 503],
    ["57P03", 503],
    ["57014", 503],
    ["55P03", 503],
    ["40001", 503],
    ["40P01", 503],
    ["25006", 503],
    ["25P03", 503],
    ["25P04", 503],
    ["22021", 422],
    ["22P05", 422],
    ["22003", 422],
    ["22P02", 422],
    ["23514", 500],
    ["42P01", 500],
    ["42501", 500],
    ["XX000", 500]
  ])("with SQLSTATE %s is answered with %d", (code, status) => {
    assert.strictEqual(toApiError(sqlError(SqlError.UnknownError, code)).status, status)
  })

  it("maps an unreachable database to 503", () => {
    assert.strictEqual(toApiError(sqlError(SqlError.ConnectionError)).status, 503)
    assert.strictEqual(toApiError(new QueryTimedOut()).status, 503)
  })
})

const lines: Array<string> = []
const log = Logger.layer([Logger.make((entry) => void lines.push(Logger.formatJson.log(entry)))])

const repo = Layer.provideMerge(
  Layer.mock(TaskRepo, {
    list: () => Effect.die(new Error(marker)),
    find: () => Effect.die(sqlError(SqlError.UnknownError, "XX000")),
    // A row that the contract does not allow: what we meant to answer is our bug, not the caller's.
    create: (owner) =>
      Effect.succeed({ user_id: owner, id: "7", title: marker, description: null, status: "done", version: 0 } as never)
  }),
  noRepositories
)

layer(
  HttpTestClient.layerWith(
    Layer.mergeAll(repo, TestAuth.layer, Readiness.layer({ database: Effect.fail("the database does not answer") }))
  ).pipe(Layer.provideMerge(log)),
  { excludeTestServices: true }
)("When the service fails", (it) => {
  it.effect.each([
    ["a bug", "GET", "/api/tasks", undefined],
    ["a broken row", "GET", "/api/tasks/019c2f7e-0000-7000-8000-000000000000", undefined],
    ["an answer against the contract", "POST", "/api/tasks", { title: "t" }]
  ] as const)(
    "because of %s, the answer is bare and the log has the cause under its request id",
    ([, method, path, body]) =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        lines.length = 0
        const answer = yield* request(method, path, { as: "ada", ...(body && { body }) })
        assert.deepInclude(answer.body, { status: 500, code: "INTERNAL_SERVER_ERROR" })
        assert.strictEqual(answer.headers.get("content-type"), "application/problem+json")
        assert.notMatch(JSON.stringify(answer.body), /s3cret|Error:|\.ts|select/)
        const line = lines.find((line) => line.includes(answer.body.request_id))
        assert.isDefined(line)
        if (path === "/api/tasks" && method === "GET") assert.include(line, marker)
      })
  )

  it.effect("health and readiness report what is missing, and liveness queries nothing", () =>
    Effect.gen(function* () {
      const request = yield* HttpTestClient
      for (const path of ["/health", "/health/ready"]) {
        const answer = yield* request("GET", path)
        assert.deepInclude(answer.body, {
          status: 503,
          code: "NOT_READY",
          checks: { database: { status: "failing", reason: "the database does not answer" } }
        })
        assert.strictEqual(answer.headers.get("retry-after"), "1")
        assert.strictEqual(answer.headers.get("content-type"), "application/problem+json")
      }
      assert.deepInclude(yield* request("GET", "/health/live"), { status: 200, body: { status: "ok" } })
    })
  )
})
