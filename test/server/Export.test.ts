import { get as request } from "node:http"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Layer, Redacted, Schema } from "effect"
import { SqlClient } from "effect/sql"
import * as PostgresDatabase from "../../src/database/PostgresDatabase.ts"
import { ExportRecord } from "../../src/domain/AccountExport.ts"
import { HttpTestClient, type TestRequest } from "../support/HttpTestClient.ts"
import { serveOnPostgres, timeout, tokenFor, until } from "../support/Process.ts"
import { AdminSql, all, settings } from "../support/TestDatabase.ts"

const parse = (text: string) =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line))

/** Creates what the path names and yields it. */
const make = Effect.fnUntraced(function* (as: string, path: string, body: object) {
  const request = yield* HttpTestClient
  return (yield* request("POST", `/api/${path}`, { as, body })).body
})

const exportAs = Effect.fnUntraced(function* (as: string, ask: TestRequest = {}) {
  const request = yield* HttpTestClient
  const answer = yield* request("GET", "/api/export", { as, ...ask })
  assert.strictEqual(answer.status, 200)
  return { ...answer, rows: parse(answer.body) }
})

describe.each(all)("GET /api/export on %s", (_, database) => {
  layer(HttpTestClient.layer.pipe(Layer.provideMerge(database)), { excludeTestServices: true, timeout })((it) => {
    it.effect("returns projects, tags and tasks, each by creation time", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const tag = yield* make("ada", "tags", { name: "später", color: "#3b82f6" })
        const garden = yield* make("ada", "projects", { name: "Garden", description: "two\nlines" })
        const house = yield* make("ada", "projects", { name: "House", archived: true })
        const first = yield* make("ada", "tasks", { title: "first", project_id: garden.id, tag_ids: [tag.id] })
        const { body: changed } = yield* request("PATCH", `/api/tasks/${first.id}`, {
          as: "ada",
          body: { status: "completed", due_at: "2027-01-01T00:00:00Z", priority: "high", description: "done 🎉" }
        })
        const second = yield* make("ada", "tasks", { title: "second" })

        const { headers, rows } = yield* exportAs("ada")
        assert.strictEqual(headers.get("content-type"), "application/x-ndjson")
        assert.strictEqual(headers.get("content-disposition"), "attachment; filename=tasks.ndjson")
        assert.deepStrictEqual(rows, [
          { type: "project", ...garden },
          { type: "project", ...house },
          { type: "tag", ...tag },
          { type: "task", ...changed },
          { type: "task", ...second }
        ])
        yield* Schema.decodeUnknownEffect(Schema.Array(ExportRecord))(rows)
      })
    )

    it.effect("does not include the trash", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const kept = yield* make("carol", "tasks", { title: "kept" })
        const { id } = yield* make("carol", "tasks", { title: "thrown away" })
        yield* request("DELETE", `/api/tasks/${id}`, { as: "carol" })
        assert.deepStrictEqual((yield* exportAs("carol")).rows, [{ type: "task", ...kept }])
      })
    )

    it.effect("returns only the caller's rows, and none for a user without rows", () =>
      Effect.gen(function* () {
        const project = yield* make("dora", "projects", { name: "hers" })
        yield* make("dora", "tags", { name: "hers" })
        yield* make("dora", "tasks", { title: "hers", project_id: project.id })
        const his = yield* make("emil", "tasks", { id: project.id, title: "his" })
        assert.deepStrictEqual((yield* exportAs("emil")).rows, [{ type: "task", ...his }])
        assert.strictEqual((yield* exportAs("without-rows")).body, "")
      })
    )

    it.effect("returns every row once, also hundreds of the same millisecond", () =>
      Effect.gen(function* () {
        const sql = yield* AdminSql
        for (const table of ["project", "tag", "task"]) {
          yield* sql`
            insert into ${sql(table)} (user_id, id, ${sql(table === "task" ? "title" : "name")}, created_at)
            select 'fred', gen_random_uuid(), n::text, timestamptz '2026-01-01T00:00:00Z' + interval '1 ms' * (n / 700)
            from generate_series(1, 1500) as n
          `
        }
        const { rows } = yield* exportAs("fred")
        assert.strictEqual(new Set(rows.map(({ id }) => id)).size, 4500)
        const keys = rows.map(({ created_at, id, type }) => `${type} ${created_at} ${id}`)
        assert.deepStrictEqual(keys, keys.toSorted())
        assert.strictEqual(rows.length, 4500)
      })
    )

    it.effect("rejects requests without a token and with unknown parameters", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        assert.strictEqual((yield* request("GET", "/api/export")).status, 401)
        const { body } = yield* request("GET", "/api/export?user_id=ada", { as: "bob" })
        assert.deepInclude(body, { status: 422, code: "VALIDATION_FAILED" })
      })
    )
  })
})

/** A slow reader: it reads nothing of the response before `rest` runs. */
const slowly = (url: string, token: string) =>
  Effect.callback<{
    readonly status: number | undefined
    readonly request_id: unknown
    readonly rest: Effect.Effect<string, Error>
  }>((resume) => {
    request(`${url}/api/export`, { headers: { authorization: `Bearer ${token}` } }, (response) =>
      resume(
        Effect.succeed({
          status: response.statusCode,
          request_id: response.headers["x-request-id"],
          rest: Effect.callback<string, Error>((done) => {
            let text = ""
            response.setEncoding("utf8").on("data", (chunk: string) => {
              text += chunk
            })
            response.once("end", () => done(Effect.succeed(text)))
            response.once("error", (cause) => done(Effect.fail(cause)))
          })
        })
      )
    )
  })

/** One connection, and all the time it wants. */
const onDatabase = (url: string) => PostgresDatabase.layerDirect(settings, Redacted.make(url))

describe("GET /api/export of a running service", () => {
  it.live(
    "reads no faster than its client, and holds no connection meanwhile",
    () =>
      Effect.gen(function* () {
        const { environment, url } = yield* serveOnPostgres()
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          // 72 MB of JSON, with six bytes for each character: more than the buffers of all sockets on the way.
          yield* sql`
            insert into project (user_id, id, name, description)
            select 'ada', gen_random_uuid(), n::text, repeat(chr(1), 2000) from generate_series(1, 6000) as n
          `
          const { rest, status } = yield* slowly(url, yield* tokenFor("ada"))
          assert.strictEqual(status, 200)

          const sessions = sql<{ last: string; busy: number }>`
            select max(query_start)::text as last, count(*) filter (where state <> 'idle')::int as busy
            from pg_stat_activity
            where datname = current_database() and application_name = 'effect-tasks' and pid <> pg_backend_pid()
          `
          // Until there was no query for many checks in a row.
          let last = ""
          let looks = 0
          yield* until(async () => {
            const [session] = await Effect.runPromise(sessions)
            looks = session?.last === last ? looks + 1 : 0
            last = session?.last ?? ""
            return looks >= 40
          })
          const [session] = yield* sessions
          assert.strictEqual(session?.busy, 0)

          // What was read ahead is out; what was not cannot come any more.
          yield* sql`delete from project where user_id = 'ada'`
          const rows = parse(yield* rest)
          assert.isAbove(rows.length, 0)
          assert.isBelow(rows.length, 4500)
        }).pipe(Effect.provide(onDatabase(environment.DATABASE_URL ?? "")))
      }),
    timeout
  )

  it.live(
    "closes the connection when the database fails during the export, and logs the cause",
    () =>
      Effect.gen(function* () {
        const service = yield* serveOnPostgres({ DATABASE_QUERY_TIMEOUT: "1" })
        const token = yield* tokenFor("ada")
        const request_id = yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* sql`insert into project (user_id, id, name) values ('ada', gen_random_uuid(), 'Garden')`
          return yield* Effect.gen(function* () {
            yield* sql`lock table task in access exclusive mode`
            const { request_id, rest, status } = yield* slowly(service.url, token)
            assert.strictEqual(status, 200)
            assert.strictEqual((yield* Effect.flip(rest)).message, "aborted")
            return request_id
          }).pipe(sql.withTransaction)
        }).pipe(Effect.provide(onDatabase(service.environment.DATABASE_URL ?? "")))
        yield* until(() => service.output().includes("SERVICE_UNAVAILABLE"))
        assert.match(service.output(), new RegExp(`SERVICE_UNAVAILABLE +request_id=${request_id}`))
        const { rest } = yield* slowly(service.url, token)
        assert.strictEqual(parse(yield* rest).length, 1)
      }),
    timeout
  )

  it.live(
    "responds with 503 while the database is unavailable",
    () =>
      Effect.gen(function* () {
        const service = yield* serveOnPostgres({ DATABASE_QUERY_TIMEOUT: "1" })
        const token = yield* tokenFor("ada")
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* Effect.gen(function* () {
            yield* sql`lock table project in access exclusive mode`
            const { rest, status } = yield* slowly(service.url, token)
            assert.strictEqual(status, 503)
            assert.deepInclude(JSON.parse(yield* rest), { code: "SERVICE_UNAVAILABLE" })
          }).pipe(sql.withTransaction)
        }).pipe(Effect.provide(onDatabase(service.environment.DATABASE_URL ?? "")))
      }),
    timeout
  )
})
