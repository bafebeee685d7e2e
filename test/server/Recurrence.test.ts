import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpTestClient } from "../support/HttpTestClient.ts"
import { all } from "../support/TestDatabase.ts"

describe.each(all)("Recurring tasks on %s", (_, database) => {
  layer(HttpTestClient.layer.pipe(Layer.provide(database)), { excludeTestServices: true, timeout: 300_000 })((it) => {
    const create = Effect.fnUntraced(function* (body: object, as = "ada") {
      const request = yield* HttpTestClient
      const created = yield* request("POST", "/api/tasks", { as, body: { title: "Water the plants", ...body } })
      assert.strictEqual(created.status, 201, JSON.stringify(created.body))
      return created.body
    })
    const complete = Effect.fnUntraced(function* (id: string, version?: number, more: object = {}) {
      const request = yield* HttpTestClient
      return yield* request("PATCH", `/api/tasks/${id}`, {
        as: "ada",
        body: { status: "completed", ...more },
        ...(version !== undefined && { headers: { "if-match": `"${version}"` } })
      })
    })
    const completions = Effect.fnUntraced(function* (id: string, query = "") {
      const request = yield* HttpTestClient
      return yield* request("GET", `/api/tasks/${id}/completions${query}`, { as: "ada" })
    })

    it.effect("completing one moves it to the next occurrence, and the last one completes the task", () =>
      Effect.gen(function* () {
        const due = { date: "2026-03-28", time: "02:30", time_zone: "Europe/Berlin" }
        const task = yield* create({ due, recurrence: { rrule: "FREQ=DAILY;COUNT=3", anchor: "due" } })
        const second = yield* complete(task.id, 1)
        assert.deepInclude(second.body, {
          status: "pending",
          completed_at: null,
          version: 2,
          due: { ...due, date: "2026-03-29" },
          due_at: "2026-03-29T01:30:00.000Z",
          recurrence: { rrule: "FREQ=DAILY;COUNT=2", anchor: "due" }
        })
        const third = yield* complete(task.id, undefined, { description: "watered" })
        assert.deepInclude(third.body, {
          status: "pending",
          description: "watered",
          due: { ...due, date: "2026-03-30" }
        })
        const ended = yield* complete(task.id, 3)
        assert.deepInclude(ended.body, { status: "completed", version: 4, due: { ...due, date: "2026-03-30" } })
        assert.isNotNull(ended.body.completed_at)
        const { body } = yield* completions(task.id)
        assert.deepStrictEqual(
          body.map((entry: { version: number; due: object }) => [entry.version, entry.due]),
          [3, 2, 1].map((version) => [version, { ...due, date: `2026-03-${27 + version}` }])
        )
      })
    )

    it.effect("two devices that complete the occurrence of one version advance it once", () =>
      Effect.gen(function* () {
        const task = yield* create({ due: { date: "2026-12-01" }, recurrence: { rrule: "FREQ=WEEKLY", anchor: "due" } })
        const answers = yield* Effect.all(
          Array.from({ length: 8 }, () => complete(task.id, 1)),
          { concurrency: "unbounded" }
        )
        for (const { body, status } of answers) {
          assert.strictEqual(status, 200)
          assert.deepInclude(body, { version: 2, due: { date: "2026-12-08" } })
        }
        assert.lengthOf((yield* completions(task.id)).body, 1)
        const changed = yield* complete(task.id, 1, { title: "Another title" })
        assert.deepInclude(changed.body, { code: "TASK_VERSION_CONFLICT", status: 412 })
        const unknown = yield* complete(task.id, 7)
        assert.deepInclude(unknown.body, { code: "TASK_VERSION_CONFLICT", status: 412 })
      })
    )

    it.effect("a task that recurs after its completion follows the day on which it is completed", () =>
      Effect.gen(function* () {
        const recurrence = { rrule: "FREQ=DAILY;INTERVAL=3", anchor: "completion" }
        const task = yield* create({ due: { date: "2020-01-01", time: "09:00" }, recurrence })
        const before = Date.now()
        const { body } = yield* complete(task.id, 1, { time_zone: "Pacific/Kiritimati" })
        const days = [before, Date.now()].map((time) =>
          new Date(time + (14 + 3 * 24) * 3_600_000).toISOString().slice(0, 10)
        )
        assert.include(days, body.due.date)
        assert.strictEqual(body.due.time, "09:00")
      })
    )

    it.effect("a task whose rule is removed in the same change stays completed", () =>
      Effect.gen(function* () {
        const task = yield* create({ due: { date: "2026-12-01" }, recurrence: { rrule: "FREQ=DAILY", anchor: "due" } })
        const { body } = yield* complete(task.id, 1, { recurrence: null })
        assert.deepInclude(body, { status: "completed", recurrence: null, due: { date: "2026-12-01" } })
        assert.deepStrictEqual((yield* completions(task.id)).body, [])
      })
    )

    it.effect("an operation of a bulk request completes an occurrence, too", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const task = yield* create({ due: { date: "2026-12-01" }, recurrence: { rrule: "FREQ=DAILY", anchor: "due" } })
        const operations = [1, 2].map((version) => ({
          op: "update",
          id: task.id,
          version,
          change: { status: "completed" }
        }))
        const { body } = yield* request("POST", "/api/tasks/bulk", { as: "ada", body: { operations } })
        assert.deepStrictEqual(
          body.results.map((result: { due: { date: string } }) => result.due.date),
          ["2026-12-02", "2026-12-03"]
        )
      })
    )

    it.effect("completions are paginated by version, and are 404 for a task that does not exist", () =>
      Effect.gen(function* () {
        const task = yield* create({ due: { date: "2026-12-01" }, recurrence: { rrule: "FREQ=DAILY", anchor: "due" } })
        for (let n = 0; n < 3; n++) yield* complete(task.id)
        const first = yield* completions(task.id, "?limit=2&count=exact")
        assert.strictEqual(first.headers.get("x-total-count"), "3")
        const query = first.headers.get("link")?.match(/<(.*)>/)?.[1] ?? ""
        const second = yield* completions(task.id, query)
        assert.deepStrictEqual(
          [...first.body, ...second.body].map(({ version }: { version: number }) => version),
          [3, 2, 1]
        )
        assert.strictEqual((yield* completions("019c2f7e-0000-7000-8000-000000000000")).status, 404)
      })
    )

    it.effect.each([
      [{ rrule: "FREQ=HOURLY", anchor: "due" }, "/rrule"],
      [{ rrule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", anchor: "due" }, "/rrule"],
      [{ rrule: "FREQ=DAILY", anchor: "start" }, "/anchor"],
      [{ rrule: "FREQ=DAILY" }, "/anchor"]
    ] as const)("the recurrence %j is 422", ([recurrence, pointer]) =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const task = yield* create({})
        for (const [method, path] of [
          ["POST", "/api/tasks"],
          ["PATCH", `/api/tasks/${task.id}`]
        ] as const) {
          const { body } = yield* request(method, path, { as: "ada", body: { title: "t", recurrence } })
          assert.deepInclude(body, { status: 422, code: "VALIDATION_FAILED" })
          assert.strictEqual(body.errors[0].pointer, `/body/recurrence${pointer}`)
        }
      })
    )

    it.effect("a preview lists occurrences and changes nothing", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const preview = (body: object) => request("POST", "/api/recurrence/preview", { as: "ada", body })
        const { body } = yield* preview({ rrule: "FREQ=MONTHLY", due: { date: "2026-12-31" }, limit: 3 })
        assert.deepStrictEqual(
          body.occurrences.map(({ due }: { due: { date: string } }) => due.date),
          ["2026-12-31", "2027-01-31", "2027-03-31"]
        )
        assert.isTrue(body.has_more)
        const never = yield* preview({ rrule: "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", due: { date: "2026-12-31" } })
        assert.deepInclude(never.body, { status: 422, code: "VALIDATION_FAILED" })
      })
    )
  })
})
