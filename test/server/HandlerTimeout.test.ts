import { assert, layer } from "@effect/vitest"
import { Duration, Effect, Layer, Logger, Stream } from "effect"
import { AccountRepo } from "../../src/repositories/AccountRepo.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { HandlerTimeout } from "../../src/server/pipeline/Pipeline.ts"
import { Readiness } from "../../src/server/Readiness.ts"
import { HttpTestClient, noRepositories } from "../support/HttpTestClient.ts"
import { until } from "../support/Process.ts"
import * as TestAuth from "../support/TestAuth.ts"

const lines: Array<string> = []
const log = Logger.layer([Logger.make((entry) => void lines.push(Logger.formatJson.log(entry)))])

const timeout = Duration.millis(300)
let interrupted = 0

const repo = Layer.provideMerge(
  Layer.mergeAll(
    Layer.mock(TaskRepo, {
      // As several statements one after another that are all slow.
      list: () => Effect.onInterrupt(Effect.never, () => Effect.sync(() => void interrupted++)),
      bulk: () => Effect.succeed([])
    }),
    Layer.mock(AccountRepo, {
      streamAll: () => Effect.succeed(Stream.drain(Stream.fromEffect(Effect.sleep(Duration.times(timeout, 2)))))
    })
  ),
  noRepositories
)

const client = HttpTestClient.layerWith(Layer.mergeAll(repo, TestAuth.layer, Readiness.layer<never>({}))).pipe(
  Layer.provide([Layer.succeed(HandlerTimeout, timeout), log])
)

layer(client, { excludeTestServices: true })("HandlerTimeout", (it) => {
  it.effect("interrupts a handler that takes too long, and sends one response, 503", () =>
    Effect.gen(function* () {
      const request = yield* HttpTestClient
      const { body, headers, status } = yield* request("GET", "/api/tasks", { as: "ada" })
      assert.strictEqual(status, 503)
      assert.deepInclude(body, { code: "SERVICE_UNAVAILABLE" })
      assert.strictEqual(headers.get("retry-after"), "1")
      yield* until(() => interrupted === 1)
      assert.lengthOf(
        lines.filter((line) => line.includes("GET /api/tasks")),
        1
      )
      assert.isTrue(lines.some((line) => line.includes("did not answer in time")))
    })
  )

  it.effect("interrupts neither a handler that responds in time nor its stream", () =>
    Effect.gen(function* () {
      const request = yield* HttpTestClient
      const operations = [{ op: "delete", id: "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e" }]
      assert.strictEqual((yield* request("POST", "/api/tasks/bulk", { as: "ada", body: { operations } })).status, 200)
      assert.strictEqual((yield* request("GET", "/api/export", { as: "ada" })).status, 200)
    })
  )
})
