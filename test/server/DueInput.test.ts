import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpTestClient } from "../support/HttpTestClient.ts"
import { all } from "../support/TestDatabase.ts"

describe.each(all)("The due date of a request on %s", (_, database) => {
  layer(HttpTestClient.layer.pipe(Layer.provide(database)), { excludeTestServices: true, timeout: 300_000 })((it) => {
    const create = Effect.fnUntraced(function* (body: object, as = "ada") {
      const request = yield* HttpTestClient
      return yield* request("POST", "/api/tasks", { as, body: { title: "t", ...body } })
    })

    it.effect.each([
      [{ date: "0001-01-01" }, null],
      [{ date: "9999-12-31" }, null],
      [{ date: "2028-02-29" }, null],
      [{ date: "2026-12-01", time: "23:59:59.999" }, null],
      [{ date: "2026-12-01", time: "09:00", time_zone: "europe/berlin" }, "2026-12-01T08:00:00.000Z"],
      [{ date: "2026-12-01", time: "09:00", time_zone: "US/Pacific" }, "2026-12-01T17:00:00.000Z"],
      [{ date: "2026-12-01", time: "09:00", time_zone: "Asia/Calcutta" }, "2026-12-01T03:30:00.000Z"],
      [{ date: "2026-12-01", time: "09:00", time_zone: "Etc/GMT+5" }, "2026-12-01T14:00:00.000Z"],
      [{ date: "2026-07-01", time: "09:00", time_zone: "CET" }, "2026-07-01T07:00:00.000Z"],
      // Only Intl knows it.
      [{ date: "2026-12-01", time: "09:00", time_zone: "US/Pacific-New" }, "2026-12-01T17:00:00.000Z"]
    ] as const)("%j is stored as given", ([due, due_at]) =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const { body, status } = yield* create({ due })
        assert.strictEqual(status, 201)
        assert.deepStrictEqual([body.due, body.due_at], [due, due_at])
        assert.deepStrictEqual((yield* request("GET", `/api/tasks/${body.id}`, { as: "ada" })).body, body)
      })
    )

    it.effect.each<readonly [object, string]>([
      [{ due: { date: "0000-12-31" } }, "due/date"],
      [{ due: { date: "10000-01-01" } }, "due/date"],
      [{ due: { date: "2027-02-29" } }, "due/date"],
      [{ due: { date: "2026-04-31" } }, "due/date"],
      [{ due: { date: "2026-12-01", time: "24:00" } }, "due/time"],
      [{ due: { date: "2026-12-31", time: "23:59:60" } }, "due/time"],
      [{ due: { date: "2026-12-01", time: "9:00" } }, "due/time"],
      [{ due: { date: "2026-12-01", time: null } }, "due/time"],
      [{ due: { date: "2026-12-01", time_zone: "Europe/Berlin" } }, "due/time"],
      [{ due: { time: "09:00" } }, "due/date"],
      [{ due: {} }, "due/date"],
      [{ due: [] }, "due"],
      [{ due: "2026-12-01" }, "due"],
      [{ due: { date: "2026-12-01", zone: "UTC" } }, "due/zone"],
      [{ due: { date: "0001-01-01", time: "00:00", time_zone: "Asia/Tokyo" } }, "due/date"],
      [{ due: { date: "9999-12-31", time: "23:00", time_zone: "America/New_York" } }, "due/date"],
      // An offset, names that only PostgreSQL knows, and an abbreviation of several zones.
      ...["+02:00", "UTC+2", "posix/Europe/Berlin", "Factory", "localtime", "IST", "SystemV/PST8PDT", ""].map(
        (time_zone) => [{ due: { date: "2026-12-01", time: "09:00", time_zone } }, "due/time_zone"] as const
      ),
      ...[
        "2026-12-01T09:00:00+01:00:30",
        "2026-12-01T24:00:00Z",
        "2026-12-31T23:59:60Z",
        "2026-12-01T09:00Z",
        "2026-12-01",
        "20261201T090000Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "",
        1_764_579_600_000
      ].map((due_at) => [{ due_at }, "due_at"] as const),
      [{ due: { date: "2026-12-01" }, due_at: "2026-12-01T09:00:00Z" }, "due_at"],
      [{ due: { date: "2026-12-01" }, due_at: null }, "due_at"],
      [{ due: null, due_at: null }, "due_at"]
    ])("%j is one fault", ([body, pointer]) =>
      Effect.gen(function* () {
        const { body: problem } = yield* create(body)
        assert.deepInclude(problem, { status: 422, code: "VALIDATION_FAILED" })
        assert.deepStrictEqual(
          problem.errors.map((error: { readonly pointer: string }) => error.pointer),
          [`/body/${pointer}`]
        )
      })
    )

    it.effect("a list in a time zone that PostgreSQL or the service does not know is 422", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        yield* create({ due: { date: "2026-12-01" } }, "zoe")
        for (const zone of ["US/Pacific-New", "posix/Europe/Berlin", "IST", "+02:00", "Factory"]) {
          const path = `/api/tasks?sort=due_at&time_zone=${encodeURIComponent(zone)}`
          const { body } = yield* request("GET", path, { as: "zoe" })
          assert.deepInclude(body, { status: 422, code: "VALIDATION_FAILED" }, zone)
        }
      })
    )

    it.effect("a list has summer time in the zones whose names PostgreSQL takes for abbreviations", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        for (const [title, due] of [
          ["between", { date: "2026-07-01", time: "07:30", time_zone: "UTC" }],
          ["floating", { date: "2026-07-01", time: "09:00" }]
        ] as const) {
          yield* create({ title, due }, "carl")
        }
        for (const zone of ["CET", "cet", "MET", "Europe/Brussels"]) {
          const { body } = yield* request("GET", `/api/tasks?sort=due_at&time_zone=${zone}`, { as: "carl" })
          assert.deepStrictEqual(
            body.map(({ title }: { readonly title: string }) => title),
            ["floating", "between"],
            zone
          )
        }
      })
    )
  })
})
