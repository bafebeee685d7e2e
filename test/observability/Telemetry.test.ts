import { createServer } from "node:net"
import type { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Tracer } from "effect"
import * as Config from "../../src/config/Config.ts"
import * as Telemetry from "../../src/observability/Telemetry.ts"
import * as Collector from "../support/Collector.ts"
import * as Loopback from "../support/Loopback.ts"
import * as PostgresServer from "../support/PostgresServer.ts"
import { request, secret, serve, serveOnPostgres, timeout, tokenFor, until } from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const [internal, server, client] = [1, 2, 3]
const marker = "kumquat-marmalade"

const traceId = "0af7651916cd43dd8448eb211c80319c"
const spanId = "b7ad6b7169203331"

/** Asks with more headers than the tests of the service need. */
const send = (
  url: string,
  path: string,
  token: string,
  init: { headers?: Record<string, string>; body?: object; method?: string } = {}
) =>
  Effect.promise(() =>
    fetch(url + path, {
      method: init.method ?? (init.body ? "POST" : "GET"),
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...init.headers },
      ...(init.body && { body: JSON.stringify(init.body) })
    }).then((response) => response.text())
  )

describe("OpenTelemetry with a collector", { concurrent: true }, () => {
  it.live(
    "exports a span per request with its statements as children, without bodies or values",
    () =>
      Effect.gen(function* () {
        const collector = yield* Collector.start
        const service = yield* serveOnPostgres({
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
          OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%20b,x-other=c",
          OTEL_SERVICE_NAME: "tasks-of-a-test",
          ENVIRONMENT: "production"
        })
        const token = yield* tokenFor(marker)
        const traceparent = (flags: string) => `00-${traceId}-${spanId}-${flags}`
        yield* send(service.url, `/api/tasks?q=${marker}`, token, { headers: { traceparent: traceparent("01") } })
        yield* send(service.url, "/api/projects", token, {
          headers: { traceparent: traceparent("00"), "x-request-id": "unsampled" }
        })
        yield* send(service.url, "/api/tags", token, { headers: { traceparent: `00-${traceId}-${"0".repeat(16)}-01` } })
        yield* send(service.url, "/api/tasks", token, {
          body: { title: marker },
          headers: { "idempotency-key": marker }
        })
        const id = "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"
        const operations = [{ op: "create", task: { id, title: marker } }]
        for (let n = 0; n < 2; n++) yield* send(service.url, "/api/tasks/bulk", token, { body: { operations } })
        yield* send(service.url, `/api/tasks/${marker}`, token)
        yield* send(service.url, `/${marker}`, token)
        yield* send(service.url, "/api/export", token)
        for (const path of ["/health", "/health/live", "/health/ready"]) yield* request(service.url, path)
        yield* service.kill("SIGTERM")
        assert.strictEqual((yield* service.exit).code, 0)

        const spans = collector.spans()
        const named = (name: string) => {
          const found = spans.filter((span) => span.name === name)
          assert.lengthOf(found, 1, name)
          return found[0] ?? assert.fail(name)
        }
        const below = ({ spanId }: Collector.Span) => spans.filter(({ parentSpanId }) => parentSpanId === spanId)
        const kinds = (list: ReadonlyArray<Collector.Span>) => list.map(({ kind }) => kind)

        // The caller's trace goes on, and its flag and a bad header are heeded.
        const list = named("GET /api/tasks")
        assert.deepInclude(list, { traceId, parentSpanId: spanId, kind: server })
        assert.deepStrictEqual(kinds(below(list)), [client])
        assert.isUndefined(spans.find(({ name }) => name === "GET /api/projects"))
        const tags = named("GET /api/tags")
        assert.isUndefined(tags.parentSpanId)
        assert.notStrictEqual(tags.traceId, traceId)

        const { request_id, "user.hash": hash, ...attributes } = Collector.attributesOf(list)
        assert.deepStrictEqual(attributes, {
          "http.request.method": "GET",
          "http.route": "/api/tasks",
          "http.response.status_code": 200
        })
        assert.match(String(hash), /^[0-9a-f]{16}$/)
        const statement = Collector.attributesOf(below(list)[0] ?? assert.fail("no statement"))
        assert.match(String(statement["db.query.text"]), /select .*\$1/s)

        // What is done once under its key is done in a transaction.
        const [transaction] = below(named("POST /api/tasks"))
        assert.deepInclude(transaction, { name: "sql.transaction", kind: internal })
        assert.isAtLeast(below(transaction ?? assert.fail("no transaction")).length, 4)

        // What was sent while the answer was on its way belongs to the request, too.
        assert.isAtLeast(below(named("GET /api/export")).length, 3)
        named("GET /api/tasks/:task_id")

        // What was in the way of the second bulk is a task of the user's.
        const failed = spans.filter(({ name, status }) => name === "sql.transaction" && status.code === 2)
        assert.lengthOf(failed, 1)
        assert.match(failed[0]?.status.message ?? "", /^OperationFailed: /)

        // Nothing of health, and every statement belongs to a request or to the work of the house.
        assert.isEmpty(spans.filter(({ name }) => name.includes("health")))
        const roots = spans.filter(({ kind, parentSpanId }) => kind === client && parentSpanId === undefined)
        for (const root of roots)
          assert.match(
            String(Collector.attributesOf(root)["db.query.text"]),
            /delete|schema_migration|to_regclass|pg_policy|pg_notify|from account /
          )

        const resource = Collector.attributesOf(
          collector.batches[0]?.body.resourceSpans?.[0].resource ?? collector.batches[0]?.body.resourceLogs[0].resource
        )
        assert.deepInclude(resource, { "service.name": "tasks-of-a-test", "service.version": "0.1.0" })
        for (const { headers } of collector.batches) assert.deepInclude(headers, { "x-key": "a b", "x-other": "c" })

        // A line in the log and its span find each other; metrics come too.
        const line = collector.logs().find(({ body }) => body.stringValue === "GET /api/tasks 200")
        assert.deepInclude(line, { traceId, spanId: list.spanId })
        assert.strictEqual(Collector.attributesOf(line).request_id, request_id)
        const written = service
          .output()
          .split("\n")
          .find((text) => text.includes(String(request_id)))
        assert.strictEqual(JSON.parse(written ?? "").trace_id, traceId)
        const names = collector.metrics().map(({ name }: { name: string }) => name)
        assert.includeMembers(names, ["http_server_requests_total", "http_server_request_duration_seconds"])

        for (const secret of [marker, token]) assert.notInclude(JSON.stringify(collector.batches), secret)
      }),
    timeout
  )

  it.live(
    "exports an error without values",
    () =>
      Effect.gen(function* () {
        const collector = yield* Collector.start
        const service = yield* serveOnPostgres({
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
          ENVIRONMENT: "production"
        })
        const token = yield* tokenFor("ada")
        // The message of a data exception has the value in it.
        const onDatabase = (statement: (sql: PgClient.PgClient) => Effect.Effect<unknown, unknown>) =>
          PostgresServer.administer(service.environment.DATABASE_URL ?? "", statement)
        yield* onDatabase(
          (sql) => sql`
            create function refuse() returns trigger language plpgsql as $$ begin
              raise exception 'refused: %', new.title using errcode = '22012', table = 'task', constraint = 'refusal';
            end $$
          `
        )
        yield* onDatabase(
          (sql) => sql`create trigger refusal before insert on task for each row execute function refuse()`
        )
        const refused = yield* request(service.url, "/api/tasks", { token, body: { title: marker } })
        assert.strictEqual(refused.status, 500)
        yield* service.kill("SIGTERM")
        yield* service.exit
        const [span] = collector.spans().filter(({ kind, status }) => kind === server && status.code === 2)
        assert.strictEqual(span?.name, "POST /api/tasks")
        const statement = collector.spans().find(({ parentSpanId }) => parentSpanId === span?.spanId)
        assert.include(JSON.stringify(statement?.events), "constraint refusal")
        assert.notInclude(JSON.stringify(collector.batches), marker)
        assert.include(service.output(), "constraint refusal")
      }),
    timeout
  )
})

describe("resourceAttributes", () => {
  it.effect("identifies the process and accepts OTEL_RESOURCE_ATTRIBUTES", () =>
    Effect.gen(function* () {
      const config = yield* Config.read({
        OTEL_RESOURCE_ATTRIBUTES: "cloud.region=eu%2Dwest,service.instance.id=pod-1"
      })
      assert.deepInclude(Telemetry.resourceAttributes(config, 2), {
        "service.instance.id": "pod-1",
        "cloud.region": "eu-west",
        "tasks.worker": 2
      })
      const attributes = Telemetry.resourceAttributes(yield* Config.read({}), undefined)
      assert.match(String(attributes["service.instance.id"]), new RegExp(`:${process.pid}$`))
      assert.notProperty(attributes, "tasks.worker")
    })
  )
})

describe("OpenTelemetry without a collector", () => {
  it.effect("creates no span", () =>
    Effect.void.pipe(
      Effect.withSpan("nothing"),
      Effect.provide(Telemetry.layer(TestDatabase.settings, undefined)),
      Effect.provideService(Tracer.Tracer, Tracer.make({ span: () => assert.fail("a span was made") }))
    )
  )
})

describe("OpenTelemetry with an unavailable collector", { concurrent: true }, () => {
  const assertServes = Effect.fnUntraced(function* (OTEL_EXPORTER_OTLP_ENDPOINT: string) {
    const service = yield* serve({
      DATABASE_URL: yield* TestDatabase.make,
      BETTER_AUTH_SECRET: secret,
      OTEL_EXPORTER_OTLP_ENDPOINT,
      ENVIRONMENT: "production"
    })
    const token = yield* tokenFor("ada")
    const warnings = () => service.output().match(/"level":"warn","message":"telemetry is dropped/g)?.length ?? 0
    const asking = Effect.tap(request(service.url, "/api/me", { token }), ({ status }) =>
      Effect.sync(() => assert.strictEqual(status, 200))
    )
    yield* Effect.repeat(asking, { times: 200 })
    yield* until(() => warnings() > 0)
    yield* Effect.repeat(asking, { times: 200 })
    yield* service.kill("SIGTERM")
    const { code, stderr } = yield* service.exit
    assert.deepStrictEqual([code, stderr, warnings()], [0, "", 1])
  })

  it.live(
    "serves requests and logs once that the collector is unreachable",
    () => assertServes("http://127.0.0.1:9"),
    timeout
  )

  it.live(
    "serves requests and logs once that the collector does not respond",
    () =>
      Effect.gen(function* () {
        yield* assertServes(`http://127.0.0.1:${yield* Loopback.listen(createServer(() => {}))}`)
      }),
    timeout
  )
})
