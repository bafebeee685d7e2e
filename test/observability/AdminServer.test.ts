import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { quotaKinds } from "../../src/domain/Quota.ts"
import { request, run, type Service, serveOnPostgres, timeout, tokenFor, until } from "../support/Process.ts"
import { open, requestHead } from "../support/Socket.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

interface Family {
  readonly type: string
  readonly samples: Map<string, number>
}

const sample = /^([a-z_][a-z0-9_]*)(\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)*\})? (\S+)$/

/** Reads the text format as strictly as it is written down: each family once, its help and type before its samples. */
const parse = (text: string) => {
  const families = new Map<string, Family>()
  let family: Family | undefined
  let name = ""
  assert.isTrue(text.endsWith("\n"))
  for (const line of text.slice(0, -1).split("\n")) {
    const [, kind, about = "", rest = ""] = /^# (HELP|TYPE) ([a-z0-9_]+) (.+)$/.exec(line) ?? []
    if (kind === "HELP") assert.isFalse(families.has(about), `${about} comes twice`)
    if (kind === "TYPE") {
      name = about
      family = { type: rest, samples: new Map() }
      families.set(name, family)
    }
    if (kind !== undefined) continue
    const [, series = "", labels = "", , , value] = sample.exec(line) ?? assert.fail(`not a sample: ${line}`)
    const suffix = family?.type === "histogram" ? /^_(bucket|sum|count)$/ : /^$/
    assert.match(series.slice(name.length), suffix, line)
    assert.isTrue(series.startsWith(name), line)
    assert.isFalse(Number.isNaN(Number(value)), line)
    assert.isFalse(family?.samples.has(series + labels), `${line} comes twice`)
    family?.samples.set(series + labels, Number(value))
  }
  return families
}

/** The admin URL that the service logged. */
const adminOf = (service: Service) =>
  /admin port at (http:\S+)/.exec(service.output())?.[1] ?? assert.fail(service.output())

const scrape = (service: Service) =>
  Effect.promise(async () => {
    const response = await fetch(`${adminOf(service)}/metrics`)
    assert.strictEqual(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8")
    return parse(await response.text())
  })

/** Waits until so many requests are counted, which happens when a response has left. */
const scrapeAfter = (service: Service, requests: number) =>
  Effect.repeat(scrape(service), {
    until: (families) => {
      const counts = families.get("http_server_requests_total")?.samples.values() ?? []
      return Array.from(counts).reduce((sum, count) => sum + count, 0) >= requests
    }
  })

const samplesOf = (families: Map<string, Family>, name: string) => Object.fromEntries(families.get(name)?.samples ?? [])

describe("AdminServer", () => {
  it.live(
    "exports the counters that alerts watch from the start, as 0",
    () =>
      Effect.gen(function* () {
        const limits = { RATE_LIMIT: "100/minute", RATE_LIMIT_ADDRESS: "1000/minute" }
        const service = yield* serveOnPostgres({ ADMIN_PORT: "0", ...limits })
        const families = yield* scrape(service)
        const zeros = (name: string, labels: ReadonlyArray<string>) =>
          assert.deepStrictEqual(
            samplesOf(families, name),
            Object.fromEntries(labels.map((label) => [`${name}${label}`, 0]))
          )
        zeros("rate_limit_fail_open_total", [""])
        zeros("rate_limit_rejected_requests_total", ['{limit="address"}', '{limit="user"}'])
        zeros(
          "quota_rejected_writes_total",
          quotaKinds.map((quota) => `{quota="${quota}"}`)
        )
        for (const name of ["http_server_connections_refused_total", "log_lines_dropped_total"]) zeros(name, [""])
      }),
    timeout
  )

  it.live(
    "counts requests by route, without health checks",
    () =>
      Effect.gen(function* () {
        const service = yield* serveOnPostgres({ ADMIN_PORT: "0" })
        const token = yield* tokenFor("ada")
        const get = (path: string) => request(service.url, path, { token })
        for (let n = 0; n < 3; n++) yield* get("/api/tasks")
        yield* get("/api/tasks/019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e")
        yield* get("/api/tasks/019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4f")
        yield* request(service.url, "/api/tasks", { token, body: { title: "Eggs" } })
        yield* request(service.url, "/api/tasks", { token, body: {} })
        yield* request(service.url, "/api/me")
        for (const path of ["/kumquat", "/marmalade?x=1"]) yield* get(path)
        yield* request(service.url, "/api/me", { token, method: "PROPFIND" })
        for (const path of ["/health", "/health/live", "/health/ready"]) yield* request(service.url, path)

        const families = yield* scrapeAfter(service, 11)
        const requests = "http_server_requests_total"
        assert.strictEqual(families.get(requests)?.type, "counter")
        assert.deepStrictEqual(samplesOf(families, requests), {
          [`${requests}{method="GET",route="/api/tasks",status="200"}`]: 3,
          [`${requests}{method="GET",route="/api/tasks/:task_id",status="404"}`]: 2,
          [`${requests}{method="POST",route="/api/tasks",status="201"}`]: 1,
          [`${requests}{method="POST",route="/api/tasks",status="422"}`]: 1,
          [`${requests}{method="GET",route="/api/me",status="401"}`]: 1,
          [`${requests}{method="GET",route="unmatched",status="404"}`]: 2,
          [`${requests}{method="other",route="/api/me",status="405"}`]: 1
        })

        const durations = "http_server_request_duration_seconds"
        assert.strictEqual(families.get(durations)?.type, "histogram")
        const samples = samplesOf(families, durations)
        const list = Object.keys(samples).filter((series) => series.includes('{method="GET",route="/api/tasks"'))
        const buckets = list.filter((series) => series.includes("_bucket")).map((series) => samples[series] ?? -1)
        assert.lengthOf(buckets, 13)
        assert.deepStrictEqual(
          buckets,
          buckets.toSorted((a, b) => a - b)
        )
        assert.strictEqual(buckets.at(-1), 3)
        assert.strictEqual(samples[`${durations}_count{method="GET",route="/api/tasks"}`], 3)
        assert.isAbove(samples[`${durations}_sum{method="GET",route="/api/tasks"}`] ?? 0, 0)

        assert.deepStrictEqual(samplesOf(families, "token_cache_misses_total"), { token_cache_misses_total: 1 })
        assert.deepStrictEqual(samplesOf(families, "token_cache_hits_total"), { token_cache_hits_total: 6 })
        for (const name of [
          "tasks_build_info",
          "process_start_time_seconds",
          "process_cpu_user_seconds_total",
          "process_resident_memory_bytes",
          "nodejs_heap_size_used_bytes"
        ]) {
          const [value = 0] = Object.values(samplesOf(families, name))
          assert.isAbove(value, 0, name)
        }
        for (const part of ["p50", "p99", "max"]) {
          const [value = -1] = Object.values(samplesOf(families, `nodejs_eventloop_lag_${part}_seconds`))
          assert.isAtLeast(value, 0, part)
        }
      }),
    timeout
  )

  it.live(
    "counts and logs a request of a client that disconnected as 499",
    () =>
      Effect.gen(function* () {
        const DATABASE_URL = yield* TestDatabase.make
        const service = yield* serveOnPostgres({ DATABASE_URL, ADMIN_PORT: "0", DATABASE_QUERY_TIMEOUT: "60" })
        const token = yield* tokenFor("ada")
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const locked = yield* Deferred.make<void>()
          const release = yield* Deferred.make<void>()
          yield* sql`lock table tag in access exclusive mode`.pipe(
            Effect.andThen(Deferred.succeed(locked, undefined)),
            Effect.andThen(Deferred.await(release)),
            sql.withTransaction,
            Effect.forkScoped
          )
          yield* Deferred.await(locked)
          const connection = yield* open(service.url)
          yield* connection.send(requestHead("GET /api/tags", [`Authorization: Bearer ${token}`]))
          const waiting = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
          yield* until(async () => (await Effect.runPromise(waiting)).length > 0)
          connection.socket.destroy()
          yield* until(() => service.output().includes("GET /api/tags 499"))
          yield* Deferred.succeed(release, undefined)
        }).pipe(Effect.provide(PgClient.layer({ url: Redacted.make(DATABASE_URL), maxConnections: 2 })))
        const counted = samplesOf(yield* scrapeAfter(service, 1), "http_server_requests_total")
        assert.deepStrictEqual(counted, {
          'http_server_requests_total{method="GET",route="/api/tags",status="499"}': 1
        })
      }),
    timeout
  )

  it.live(
    "serves metrics and health on its own port",
    () =>
      Effect.gen(function* () {
        const service = yield* serveOnPostgres({ ADMIN_PORT: "0", SHUTDOWN_TIMEOUT: "60" })
        const admin = adminOf(service)
        assert.match(admin, /^http:\/\/127\.0\.0\.1:\d+$/)
        assert.strictEqual((yield* request(service.url, "/metrics")).status, 404)
        const statusOf = (path: string, method = "GET") =>
          Effect.promise(async () => (await fetch(admin + path, { method })).status)
        const requests = [
          ["/", "GET", 404],
          ["/api/tasks", "GET", 404],
          ["/metrics", "POST", 405],
          ["/metrics", "HEAD", 200],
          ["/metrics?x=1", "GET", 200],
          ["/health/live", "GET", 200],
          ["/health/ready", "GET", 200]
        ] as const
        for (const [path, method, status] of requests) {
          assert.strictEqual(yield* statusOf(path, method), status, `${method} ${path}`)
        }
        const taken = new URL(service.url).port
        const { stderr } = yield* run(["serve"], { ...service.environment, PORT: "0", ADMIN_PORT: taken })
        assert.match(
          stderr,
          new RegExp(`^tasks: cannot open the admin port \\(ADMIN_HOST, ADMIN_PORT\\): .*EADDRINUSE.*:${taken}\n$`)
        )

        // The open connection of a scraper does not delay the shutdown.
        const scraper = yield* open(admin)
        yield* scraper.send(requestHead("GET /metrics"))
        yield* until(() => scraper.socket.bytesRead > 0)
        yield* service.kill("SIGTERM")
        const { code } = yield* Effect.timeout(service.exit, "20 seconds")
        assert.strictEqual(code, 0)
      }),
    timeout
  )
})
