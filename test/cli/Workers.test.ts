import { rename, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Load from "../support/Load.ts"
import { administer, childrenOf } from "../support/PostgresServer.ts"
import {
  request,
  run,
  type Service,
  secret,
  serve,
  serveOnPostgres,
  timeout,
  tokenFor,
  until
} from "../support/Process.ts"
import { open } from "../support/Socket.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const isRefused = (url: string) =>
  Effect.runPromise(
    Effect.scoped(Effect.match(open(url), { onFailure: ({ code }) => code === "ECONNREFUSED", onSuccess: () => false }))
  )

const workersOf = ({ pid }: Service) => Effect.map(childrenOf(pid), (pids) => pids.toSorted((a, b) => a - b))

/** How often a worker has become ready. */
const starts = (service: Service) => Array.from(service.output().matchAll(/"message":"ready"| ready +worker=/g)).length

/** Two workers, and clients that each keep a connection to one of them. */
const underLoad = Effect.fnUntraced(function* (clients: number) {
  const service = yield* serveOnPostgres({ WEB_CONCURRENCY: "2", ENVIRONMENT: "production", SHUTDOWN_TIMEOUT: "60" })
  const load = yield* Load.start(service.url, yield* tokenFor("ada"), clients)
  const answered = () => load.statuses.get(201) ?? 0
  const more = Effect.suspend(() => {
    const enough = answered() + 200
    return until(() => answered() >= enough)
  })
  yield* more
  return { service, load, more }
})

const assertAllAnswered = ({ refused, statuses, unanswered }: Load.Load) => {
  assert.deepStrictEqual([...unanswered.values()], [])
  assert.deepStrictEqual([...statuses.keys()], [201])
  assert.strictEqual(refused, 0)
}

describe("tasks serve with several workers", () => {
  it.live(
    "replaces a killed worker, and other workers keep their connections",
    () =>
      Effect.gen(function* () {
        const { load, more, service } = yield* underLoad(8)
        const [killed = 0, kept = 0, ...others] = yield* workersOf(service)
        assert.isEmpty(others)
        process.kill(killed, "SIGKILL")
        yield* until(() => starts(service) === 3)
        yield* more
        // Both had clients, and a client has one request in flight.
        assert.isAbove(load.unanswered.size, 0)
        assert.isBelow(load.unanswered.size, 8)
        assert.deepStrictEqual([...load.statuses.keys()], [201])
        assert.include(service.output(), "worker 0 ended with SIGKILL, another starts in 0 s")

        const now = yield* workersOf(service)
        assert.lengthOf(now, 2)
        assert.include(now, kept)
        assert.notInclude(now, killed)
        load.unanswered.clear()
        yield* more
        assertAllAnswered(load)
      }).pipe(Effect.scoped),
    timeout
  )

  it.live(
    "serves every request while all workers are replaced one after another",
    () =>
      Effect.gen(function* () {
        const { load, more, service } = yield* underLoad(8)
        const before = yield* workersOf(service)
        for (const [n, pid] of before.entries()) {
          process.kill(pid, "SIGTERM")
          yield* until(() => starts(service) === 3 + n)
          yield* more
        }
        for (const pid of before) assert.isFalse(isRunning(pid))
        assert.lengthOf(yield* workersOf(service), 2)
        assertAllAnswered(load)
      }).pipe(Effect.scoped),
    timeout
  )

  it.live(
    "completes requests in flight after SIGTERM and exits without waiting for SHUTDOWN_TIMEOUT",
    () =>
      Effect.gen(function* () {
        const { load, service } = yield* underLoad(8)
        const pids = yield* workersOf(service)
        // As a supervisor does: every process of the group receives the signal.
        for (const pid of [service.pid, ...pids]) process.kill(pid, "SIGTERM")
        const { code, stderr } = yield* Effect.timeout(service.exit, "2 seconds")
        assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
        for (const pid of pids) assert.isFalse(isRunning(pid))
        assert.deepStrictEqual([...load.statuses.keys()], [201])
        // Who connects in the last moment may find the connection closed: then nothing was done.
        const created = yield* administer(service.environment.DATABASE_URL ?? "", (sql) => sql`select id from task`)
        for (const { id } of created) assert.isFalse(load.unanswered.has(String(id)))
        assert.strictEqual(created.length, load.statuses.get(201))
      }).pipe(Effect.scoped),
    timeout
  )

  it.live(
    "leaves no worker behind when the supervisor is killed",
    () =>
      Effect.gen(function* () {
        const { service } = yield* underLoad(4)
        const pids = yield* workersOf(service)
        assert.lengthOf(pids, 2)
        yield* service.kill("SIGKILL")
        yield* Effect.timeout(
          until(() => !pids.some(isRunning)),
          "5 seconds"
        )
        assert.isTrue(yield* Effect.promise(() => isRefused(service.url)))
      }).pipe(Effect.scoped),
    timeout
  )
})

// They mostly wait for processes to start.
describe("tasks serve with several workers and no load", { concurrent: true }, () => {
  it.live(
    "restarts a worker that fails to start after a pause, while the other one serves",
    () =>
      Effect.gen(function* () {
        // The secret that a worker needs is in a directory, which then is none.
        const DATA_DIR = join(yield* TestDatabase.directory, "data")
        const service = yield* serve({ DATABASE_URL: yield* TestDatabase.make, DATA_DIR, WEB_CONCURRENCY: "2" })
        const [first = 0] = yield* workersOf(service)
        yield* Effect.promise(() => rename(DATA_DIR, `${DATA_DIR}.away`).then(() => writeFile(DATA_DIR, "")))
        process.kill(first, "SIGKILL")
        yield* until(() => service.output().includes("worker 0 ended with 1, another starts in 0.4 s"))
        assert.strictEqual((yield* request(service.url, "/health/live")).status, 200)
        yield* Effect.promise(() => rm(DATA_DIR).then(() => rename(`${DATA_DIR}.away`, DATA_DIR)))
        yield* until(() => starts(service) === 3)
      }).pipe(Effect.scoped),
    timeout
  )

  it.live(
    "logs once that all workers are ready, and the worker's number in each of its lines",
    () =>
      Effect.gen(function* () {
        const service = yield* serveOnPostgres({ WEB_CONCURRENCY: "3", ENVIRONMENT: "production" })
        assert.lengthOf(yield* workersOf(service), 3)
        yield* administer(service.environment.DATABASE_URL ?? "", (sql) => sql`alter table task rename to gone`)
        const { status } = yield* request(service.url, "/api/tasks", { token: yield* tokenFor("ada") })
        assert.strictEqual(status, 500)
        yield* service.kill("SIGTERM")
        const { stdout } = yield* service.exit
        const lines = stdout
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line))
        const [announced, ...others] = lines.filter(({ level, worker }) => level !== "debug" && worker === undefined)
        assert.match(announced.message, /^ready at http.*, workers: 3$/)
        assert.isEmpty(others)
        const said = (message: string) => lines.filter((line) => [line.message].flat().includes(message))
        for (const message of ["ready", "stopping"]) {
          assert.sameMembers(
            said(message).map(({ worker }) => worker),
            [0, 1, 2]
          )
        }
        assert.lengthOf(said("INTERNAL_SERVER_ERROR"), 1)
      }).pipe(Effect.scoped),
    timeout
  )

  it.live(
    "reports an error once, whether the supervisor or a worker finds it",
    () =>
      Effect.gen(function* () {
        const DATABASE_URL = yield* TestDatabase.make
        const other = yield* serveOnPostgres({ DATABASE_URL })
        for (const [environment, words] of [
          [{ SHUTDOWN_TIMEOUT: "soon" }, /^tasks: Invalid configuration:\n {2}SHUTDOWN_TIMEOUT: must be .*\n$/],
          [{ DATABASE_URL: "" }, /^tasks: .*\n {2}WEB_CONCURRENCY: must be 1 without DATABASE_URL.*\n$/],
          [
            { DATABASE_URL: `${DATABASE_URL}_not` },
            /^tasks: cannot use the database \(DATABASE_URL, DATABASE_DIRECT_URL\): .*\n$/
          ],
          [{ PORT: new URL(other.url).port }, /^tasks: cannot open the port \(HOST, PORT\): .*EADDRINUSE.*\n$/]
        ] as const) {
          const { code, stderr } = yield* run(["serve"], {
            DATABASE_URL,
            BETTER_AUTH_SECRET: secret,
            PORT: "0",
            WEB_CONCURRENCY: "3",
            ...environment
          })
          assert.strictEqual(code, 1)
          assert.match(stderr, words)
        }
      }).pipe(Effect.scoped),
    timeout
  )
})
