import { execFile, spawn } from "node:child_process"
import { randomBytes, randomInt } from "node:crypto"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import * as fs from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { PgClient } from "@effect/sql-pg"
import { Clock, Effect, Redacted } from "effect"
import { attempt, env, findBinaries, PostgresFailed, serverUser } from "./PostgresBinaries.ts"
import { temporary } from "./Temporary.ts"

export { isAvailable, PostgresFailed } from "./PostgresBinaries.ts"

export interface PostgresServer {
  /** Superuser, database `postgres`. */
  readonly url: string
  readonly port: number
  /** Of the postmaster. Changes with every restart; a defect while the server is down. */
  readonly pid: Effect.Effect<number>
  /** Password and data; removed with the scope. */
  readonly directory: string
  /** Freezes every process: connections stay open, new ones are accepted by the kernel, nothing responds. */
  readonly pause: Effect.Effect<void>
  readonly resume: Effect.Effect<void>
  /** SIGKILL to every process; returns when all are gone. */
  readonly kill: Effect.Effect<void>
  /** An orderly shutdown that ends the clients' sessions. */
  readonly stop: Effect.Effect<void>
  /** Starts it on the same port and data, after `stop` if it still runs. */
  readonly restart: Effect.Effect<void, PostgresFailed>
}

export interface Options {
  /** The server's own defaults instead of speed bought with durability. */
  readonly durable?: boolean
  readonly settings?: Readonly<Record<string, string>>
  /** A folder that `initialize` has filled, to copy: initdb takes several times as long. */
  readonly cluster?: string
}

/** A private PostgreSQL 18 that does not outlive this process, even when this process gets SIGKILL. */
export const start = Effect.fnUntraced(function* (options: Options = {}) {
  const binaries = yield* findBinaries
  const directory = yield* temporaryDirectory
  const { cluster } = options
  if (cluster === undefined) yield* initialize(directory)
  else yield* attempt(() => promisify(execFile)("cp", ["-a", `${cluster}/.`, directory]))
  const password = yield* attempt(() => fs.readFile(join(directory, "password"), "utf8"))

  let current: Running | undefined
  const boot = (port: number) =>
    launch(
      binaries,
      directory,
      { ...fixed, ...(options.durable === true ? {} : fast), ...options.settings, port: String(port) },
      (running) => {
        current = running
      }
    )
  const release = Effect.promise(async () => {
    const job = current
    current = undefined
    if (job !== undefined) await dismiss(job)
  })
  const signalAll = Effect.fnUntraced(function* (signal: NodeJS.Signals) {
    if (current === undefined) return
    const { pid } = current
    // Stopped first, it cannot fork a child that the list then misses.
    yield* deliver(pid, "SIGSTOP")
    for (const child of yield* childrenOf(pid)) yield* deliver(child, signal)
    yield* deliver(pid, signal)
  })
  const resume = signalAll("SIGCONT")
  const end = (signal: Effect.Effect<void>) =>
    signal.pipe(
      Effect.andThen(Effect.promise(async () => current?.gone)),
      Effect.andThen(release),
      Effect.uninterruptible
    )
  const stop = end(
    Effect.andThen(
      resume,
      Effect.suspend(() => (current === undefined ? Effect.void : deliver(current.pid, "SIGINT")))
    )
  )
  yield* Effect.addFinalizer(() => Effect.andThen(resume, release))

  // Below the range for outgoing connections: there, a client that reconnects while the server is down can be given the
  // server's own port, be connected to itself, and keep the server from starting.
  const port = yield* Effect.suspend(() => {
    const port = randomInt(20_000, 30_000)
    return Effect.as(boot(port), port)
  }).pipe(Effect.retry({ times: 4 }))

  const server: PostgresServer = {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    port,
    pid: Effect.suspend(() => (current === undefined ? Effect.die("The server is down") : Effect.succeed(current.pid))),
    directory,
    pause: signalAll("SIGSTOP"),
    resume,
    kill: end(signalAll("SIGKILL")),
    stop,
    restart: Effect.andThen(stop, boot(port))
  }
  return server
})

/** The URL of a fresh database on that server, dropped with the scope. */
export const createDatabase = Effect.fnUntraced(function* (serverUrl: string, template = "template0") {
  const name = `test_${randomBytes(8).toString("hex")}`
  yield* Effect.acquireRelease(
    // PostgreSQL itself waits up to 5 seconds for others to leave the template, so a retry needs no delay.
    administer(serverUrl, (sql) => sql`create database ${sql(name)} template ${sql(template)}`).pipe(
      Effect.retry({ times: 2 })
    ),
    () => administer(serverUrl, (sql) => sql`drop database if exists ${sql(name)} with (force)`).pipe(Effect.ignore)
  )
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  url.searchParams.delete("dbname")
  return url.href
})

/** Runs one statement over a connection that exists only for it: an idle one would count as a user of a template. */
export const administer = <A, E>(url: string, statement: (sql: PgClient.PgClient) => Effect.Effect<A, E>) =>
  PgClient.PgClient.pipe(
    Effect.flatMap(statement),
    Effect.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 1 })),
    Effect.timeout("30 seconds"),
    // A test's own clock would never let a timeout pass.
    Effect.provideService(Clock.Clock, Clock.Clock.defaultValue())
  )

const fast = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  shared_buffers: "32MB",
  // The folder may be in memory.
  max_wal_size: "128MB"
}

interface Running extends Job {
  readonly pid: number
}

interface Job {
  readonly watchdog: ReturnType<typeof spawnWatchdog>
  /** Resolves when the last of its processes is gone: each of them holds the pipe of the log. */
  readonly gone: Promise<void>
  readonly log: () => string
}

// Its stdin ends with our process, however that dies. In a session of its own, so that Ctrl+C reaches only us. SIGQUIT is
// the immediate shutdown, but ignored until the server has set its handlers up; until then SIGTERM ends it.
const spawnWatchdog = (directory: string, command: string, args: ReadonlyArray<string>) =>
  spawn(
    "sh",
    [
      "-c",
      `"$@" </dev/null & exec 2>/dev/null
       read -r keep; kill -QUIT $!; kill -TERM $!; kill -CONT $!; wait $!; status=$?
       [ "$keep" ] || rm -rf "$0"; exit $status`,
      directory,
      command,
      ...args
    ],
    { ...serverUser, cwd: directory, env, detached: true, stdio: ["pipe", "ignore", "pipe"] }
  )

const startJob = (directory: string, command: string, args: ReadonlyArray<string>): Job => {
  const watchdog = spawnWatchdog(directory, command, args)
  let log = ""
  watchdog.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    log = (log + chunk).slice(-4096)
  })
  watchdog.on("error", (cause) => {
    log += cause
  })
  // EPIPE, when someone else has ended the watchdog.
  watchdog.stdin.on("error", () => {})
  return { watchdog, gone: new Promise((resolve) => watchdog.stderr.once("close", resolve)), log: () => log }
}

/** Ends what the watchdog watches, but leaves its files. */
const dismiss = async ({ watchdog }: Job) => {
  watchdog.stdin.end("keep\n")
  if (watchdog.pid !== undefined && watchdog.exitCode === null && watchdog.signalCode === null) {
    await once(watchdog, "exit")
  }
}

/** Puts a new cluster and the password of its superuser into an empty directory. */
export const initialize = Effect.fnUntraced(function* (directory: string) {
  const binaries = yield* findBinaries
  const passwordFile = join(directory, "password")
  yield* attempt(async () => {
    await fs.writeFile(passwordFile, randomBytes(16).toString("hex"), { mode: 0o600 })
    await give(directory)
    await give(passwordFile)
  })
  yield* Effect.callback<void, PostgresFailed>((resume) => {
    const job = startJob(directory, join(binaries, "bin/initdb"), [
      ...["-D", join(directory, "data"), "--username=postgres", `--pwfile=${passwordFile}`, "--auth=scram-sha-256"],
      // The C.UTF-8 of PostgreSQL's own: the machine's C library need not have one.
      ...["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
      ...["--no-sync", "--no-instructions"]
    ])
    job.gone.then(() => dismiss(job)).then(() => resume(job.watchdog.exitCode === 0 ? Effect.void : fail(job)))
    return Effect.promise(() => dismiss(job))
  })
})

const launch = (
  binaries: string,
  directory: string,
  settings: Readonly<Record<string, string>>,
  onReady: (running: Running) => void
) =>
  Effect.callback<void, PostgresFailed>((resume) => {
    const job = startJob(directory, join(binaries, "bin/postgres"), [
      ...["-D", join(directory, "data")],
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])
    ])
    const onLog = () => {
      if (!job.log().includes("database system is ready to accept connections")) return
      job.watchdog.stderr.off("data", onLog)
      onReady({ ...job, pid: Number.parseInt(readFileSync(join(directory, "data/postmaster.pid"), "utf8"), 10) })
      resume(Effect.void)
    }
    job.watchdog.stderr.on("data", onLog)
    job.gone.then(() => dismiss(job)).then(() => resume(fail(job)))
    return Effect.promise(() => dismiss(job))
  })

const fail = (job: Job) => Effect.fail(new PostgresFailed({ message: job.log() }))

const fixed = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  // Files in the data directory: segments in /dev/shm would outlive a SIGKILL, and a container has little of it.
  dynamic_shared_memory_type: "mmap"
}

const temporaryDirectory = Effect.acquireRelease(
  attempt(async () => {
    const directory = await fs.mkdtemp(join(temporary, "effect-tasks-postgres-"))
    await give(directory)
    return directory
  }),
  (directory) => Effect.ignore(attempt(() => fs.rm(directory, { recursive: true, force: true, maxRetries: 5 })))
)

const give = async (path: string) => {
  if (serverUser !== undefined) await fs.chown(path, serverUser.uid, serverUser.gid)
}

const deliver = (pid: number, signal: NodeJS.Signals) => Effect.ignore(Effect.try(() => process.kill(pid, signal)))

// Every backend leads a process group of its own, so there is no group to signal.
export const childrenOf = (pid: number) =>
  Effect.map(processTable, (processes) => processes.filter(({ parent }) => parent === pid).map(({ id }) => id))

// Slim images have no `ps`, macOS no /proc.
const processTable =
  process.platform === "linux"
    ? Effect.promise(async () => {
        const ids = (await fs.readdir("/proc")).filter((name) => /^\d+$/.test(name))
        const stats = await Promise.allSettled(ids.map((id) => fs.readFile(`/proc/${id}/stat`, "utf8")))
        return stats.flatMap((stat) => (stat.status === "fulfilled" ? parse(/^(\d+) \(.*\) \S (\d+)/, stat.value) : []))
      })
    : Effect.map(
        Effect.promise(() => promisify(execFile)("ps", ["-A", "-o", "pid=,ppid="])),
        ({ stdout }) => stdout.split("\n").flatMap((line) => parse(/^\s*(\d+)\s+(\d+)/, line))
      )

function parse(pattern: RegExp, text: string) {
  const match = pattern.exec(text)
  return match === null ? [] : [{ id: Number(match[1]), parent: Number(match[2]) }]
}
