import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpTestClient } from "../support/HttpTestClient.ts"
import { all } from "../support/TestDatabase.ts"

describe.each(all)("Quick add on %s", (_, database) => {
  layer(HttpTestClient.layer.pipe(Layer.provide(database)), { excludeTestServices: true, timeout: 300_000 })((it) => {
    it.effect("understands the names of the user's own projects and tags, and creates nothing", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const { body: project } = yield* request("POST", "/api/projects", { as: "ada", body: { name: "Home" } })
        const { body: tag } = yield* request("POST", "/api/tags", { as: "ada", body: { name: "errand" } })
        const body = {
          text: "Pay rent every 1st at 9 #home @errand !high",
          time_zone: "Europe/Berlin",
          now: "2026-11-27T10:00:00Z"
        }
        const parsed = yield* request("POST", "/api/tasks/parse", { as: "ada", body })
        assert.deepStrictEqual(parsed.body.task, {
          title: "Pay rent",
          due: { date: "2026-12-01", time: "09:00" },
          recurrence: { rrule: "FREQ=MONTHLY;BYMONTHDAY=1", anchor: "due" },
          priority: "high",
          project_id: project.id,
          tag_ids: [tag.id]
        })
        assert.deepStrictEqual((yield* request("GET", "/api/tasks", { as: "ada" })).body, [])
        const created = yield* request("POST", "/api/tasks", { as: "ada", body: parsed.body.task })
        assert.deepInclude(created.body, parsed.body.task)

        const bobs = yield* request("POST", "/api/tasks/parse", { as: "bob", body })
        assert.deepInclude(bobs.body.task, { title: "Pay rent #home @errand" })
      })
    )

    it.effect("refuses an unknown language and a text of over 200 characters", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const body = { text: "x".repeat(201), language: "xx", time_zone: "Mars/Olympus" }
        const answer = yield* request("POST", "/api/tasks/parse", { as: "ada", body })
        assert.deepStrictEqual(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted(), [
          "/body/language",
          "/body/text",
          "/body/time_zone"
        ])
      })
    )
  })
})
