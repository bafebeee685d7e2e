import { execFile, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { symlink } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { Effect, Schedule, type Scope } from "effect"
import { SignJWT } from "jose"
import { settingNames } from "../../src/config/Settings.ts"
import * as LogAssertions from "./LogAssertions.ts"
import { shared } from "./Shared.ts"
import * as TestDatabase from "./TestDatabase.ts"

export const root = fileURLToPath(new URL("../..", import.meta.url))

export type Environment = Readonly<Record<string, string>>

export interface ProcessExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Process {
  readonly pid: number
  /** Its output so far, of both streams. */
  readonly output: () => string
  /** Waits for its end. */
  readonly exit: Effect.Effect<ProcessExit>
  /** Closes the reading end of its stdout. */
  readonly stopReading: () => void
  readonly kill: (signal: NodeJS.Signals) => Effect.Effect<void>
}

export interface Service extends Process {
  readonly url: string
  readonly environment: Environment
}

/** For a busy machine; none of the tests depends on it. */
export const timeout = 300_000

/** Waits until a condition holds. One that never holds ends the test by its time limit. */
export const until = (holds: () => boolean | Promise<boolean>) =>
  Effect.promise(async () => holds()).pipe(
    Effect.repeat({ until: (held) => held, schedule: Schedule.spaced("20 millis") }),
    Effect.asVoid
  )

// An empty variable is an absent one, and a variable that is set is not read from a file: a developer may have
// a file of settings.
const none = { ...Object.fromEntries(settingNames.map((name) => [name, ""])), LOG_LEVEL: "debug" }

/** Tests send more requests than users: limits are on only in tests of limits. */
const unlimited = { RATE_LIMIT: "off", RATE_LIMIT_ADDRESS: "off", CONNECTIONS_MAX_ADDRESS: "100000" }

/** A program to run, and the user to run it as if not the current one. */
export interface Program {
  readonly command: ReadonlyArray<string>
  readonly cwd: string
  readonly uid?: number
  readonly environment?: Environment
}

/** The command as it is started from the sources, which takes several times as long as the bundle. */
export const sources: Program = { command: [process.execPath, "src/main.ts"], cwd: root }

/** Those with which the Dockerfile starts the service. */
const flags = ["--min-semi-space-size=16", "--max-semi-space-size=16", "--no-allocation-site-pretenuring"]

/** The command as `npm run build` makes it, beside the packages that a development installation has. */
export const bundle: Effect.Effect<Program> = Effect.promise(async () => {
  const folder = await shared("service", async (folder) => {
    await promisify(execFile)(process.execPath, ["build.ts", folder], { cwd: root })
    await symlink(join(root, "node_modules"), join(folder, "node_modules"))
  })
  return {
    // Without optimized code of PGlite: see vitest.config.ts.
    command: [process.execPath, ...flags, "--liftoff-only", join(folder, "main.js")],
    cwd: root,
    environment: { NODE_COMPILE_CACHE: join(folder, "compiled") }
  }
})

// `npm run coverage` sets both (CoverageProvider.ts). V8 writes what has run when a process ends by itself.
const { COVERAGE_BUNDLE, COVERAGE_PROCESSES = "" } = process.env
const measured: Program | undefined =
  COVERAGE_BUNDLE === undefined
    ? undefined
    : {
        command: [process.execPath, join(COVERAGE_BUNDLE, "main.js")],
        cwd: root,
        environment: { NODE_V8_COVERAGE: COVERAGE_PROCESSES, NODE_DISABLE_COMPILE_CACHE: "1" }
      }

/** The command that runs where no other program is given. */
export const built = measured === undefined ? bundle : Effect.succeed(measured)

/** Ends a process. One that is measured may end by itself first. */
const release = ({ exit, kill }: Process) =>
  measured === undefined
    ? Effect.andThen(kill("SIGKILL"), exit)
    : kill("SIGTERM").pipe(
        Effect.andThen(Effect.timeoutOption(exit, "10 seconds")),
        Effect.andThen(kill("SIGKILL")),
        Effect.andThen(exit)
      )

/** The command, with these settings and no others. It does not outlive the scope. */
export const start = (
  args: ReadonlyArray<string>,
  environment: Environment,
  program?: Program
): Effect.Effect<Process, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.map(program === undefined ? built : Effect.succeed(program), (program) => {
      const { command, environment: own, ...options } = program
      const [file = "", ...before] = command
      const child = spawn(file, [...before, ...args], {
        ...options,
        env: { PATH: process.env.PATH, NO_COLOR: "1", ...none, ...unlimited, ...own, ...environment },
        stdio: ["ignore", "pipe", "pipe"]
      })
      let stdout = ""
      let stderr = ""
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text
      })
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        stderr += text
      })
      LogAssertions.keepSecret(environment.BETTER_AUTH_SECRET, environment.DATABASE_URL, environment.REDIS_URL)
      // The output of other commands is their result.
      if (args[0] === "serve") LogAssertions.recordOutput(() => stdout + stderr)
      const ended = new Promise<ProcessExit>((resolve) =>
        child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }))
      )
      return {
        pid: child.pid ?? 0,
        output: () => stdout + stderr,
        exit: Effect.promise(() => ended),
        stopReading: () => void child.stdout.destroy(),
        kill: (signal: NodeJS.Signals) => Effect.sync(() => void child.kill(signal))
      }
    }),
    release
  )

/** The command, run to its end. */
export const run = (args: ReadonlyArray<string>, environment: Environment, program?: Program) =>
  Effect.scoped(Effect.flatMap(start(args, environment, program), ({ exit }) => exit))

const serveUntil = (announced: RegExp) =>
  Effect.fnUntraced(function* (environment: Environment, program?: Program) {
    const service = yield* start(["serve"], { PORT: "0", ...environment }, program)
    const url = () => announced.exec(service.output())?.[1]
    yield* Effect.raceFirst(
      until(() => url() !== undefined),
      Effect.flatMap(service.exit, (ended) =>
        Effect.die(new Error(`The service did not start: ${JSON.stringify(ended)}`))
      )
    )
    return { ...service, environment, url: url() ?? "" } satisfies Service
  })

/** The service on a free port, after its readiness checks passed. */
export const serve = serveUntil(/ready at (http:\S+?),/)

/** The service on a free port, ready or not. */
export const serveUnready = serveUntil(/listening at (http:[\w:./[\]]+)/)

/** The service on PostgreSQL, with a migrated database of its own and our secret. */
export const serveOnPostgres = Effect.fnUntraced(function* (environment: Environment = {}, program?: Program) {
  const all = { DATABASE_URL: yield* TestDatabase.make, BETTER_AUTH_SECRET: secret, ...environment }
  return yield* serve(all, program)
})

export const secret = randomBytes(32).toString("base64url")

/** A token that a service with our secret accepts. */
export const tokenFor = (sub: string) =>
  Effect.promise(() =>
    new SignJWT({ sub })
      .setProtectedHeader({ alg: "HS256" })
      .setIssuedAt()
      .setExpirationTime("1 hour")
      .sign(new TextEncoder().encode(secret))
  ).pipe(Effect.tap((token) => Effect.sync(() => LogAssertions.keepSecret(token, sub))))

export interface RequestOptions {
  readonly method?: string
  readonly token?: string
  readonly body?: unknown
}

/** Sends one JSON request. */
export const request = (url: string, path: string, { body, method, token }: RequestOptions = {}) =>
  Effect.promise(async () => {
    LogAssertions.keepSent({ path, headers: { authorization: `Bearer ${token}` }, body })
    const response = await fetch(url + path, {
      method: method ?? (body === undefined ? "GET" : "POST"),
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" })
      },
      ...(body !== undefined && { body: JSON.stringify(body) })
    })
    // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where it is not
    return { status: response.status, headers: response.headers, body: (await response.json()) as any }
  })

/** The response of the readiness endpoint. On a busy machine the database may respond too late for a check. */
export const readiness = (url: string) =>
  Effect.repeat(request(url, "/health/ready"), {
    while: ({ body }) => /does not respond|cannot be read/.test(JSON.stringify(body.checks))
  })

/** The most memory that a process ever had resident, in MiB. Linux only. */
export const peakMemory = (pid: number) =>
  Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024
