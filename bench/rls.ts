// What the second wall costs: the same requests to two services on one PostgreSQL, one with DATABASE_RLS
// and one without, in turns. Prints requests a second and their ratio. Run alone: node bench/rls.ts
import { execFile, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { Agent, request } from "node:http"
import { promisify } from "node:util"
import { Effect } from "effect"
import { SignJWT } from "jose"
import * as PostgresServer from "../test/support/PostgresServer.ts"
import * as Roles from "../test/support/Roles.ts"

const rounds = 12
const roundMillis = 1_000
const warmUpMillis = 5_000
const connections = 10
const secret = randomBytes(32).toString("base64url")
const token = await new SignJWT({ sub: "ada" })
  .setProtectedHeader({ alg: "HS256" })
  .setExpirationTime("1 hour")
  .sign(new TextEncoder().encode(secret))

type Environment = Readonly<Record<string, string>>

const run = (command: ReadonlyArray<string>, environment: Environment) =>
  Effect.promise(() =>
    promisify(execFile)(process.execPath, ["src/main.ts", ...command], { env: { ...process.env, ...environment } })
  )

/** A service on a database of its own, with a thousand tasks of Ada's. */
const serve = Effect.fnUntraced(function* (superuser: string, DATABASE_RLS: "on" | "off") {
  const database = `rls_${DATABASE_RLS}`
  yield* PostgresServer.administer(superuser, (sql) => sql`create database ${sql(database)}`)
  const { service } = yield* Roles.make(
    Object.assign(new URL(superuser), { pathname: `/${database}` }).href,
    { database, owner: `owner_${DATABASE_RLS}`, service: `service_${DATABASE_RLS}` },
    (owner) => run(["migrate"], { DATABASE_URL: owner, DATABASE_RLS })
  )
  const environment = { DATABASE_URL: service, DATABASE_RLS, MIGRATE_ON_START: "false", BETTER_AUTH_SECRET: secret }
  yield* run(["seed", "--sub", "ada", "--tasks", "1000"], environment)
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, ["src/main.ts", "serve"], {
        env: {
          ...process.env,
          ...environment,
          PORT: "0",
          LOG_LEVEL: "info",
          RATE_LIMIT: "off",
          RATE_LIMIT_ADDRESS: "off"
        },
        stdio: ["ignore", "pipe", "inherit"]
      })
    ),
    (child) => Effect.sync(() => child.kill())
  )
  let output = ""
  const url = yield* Effect.callback<string>((resume) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text
      const ready = /ready at (http:[^\s,"]+)/.exec(output)?.[1]
      if (ready !== undefined) resume(Effect.succeed(ready))
    })
  })
  return { url, agent: new Agent({ keepAlive: true, maxSockets: connections }) }
})

type Service = Effect.Success<ReturnType<typeof serve>>

interface Ask {
  readonly method: string
  readonly path: string
  readonly body?: string
}

const send = ({ agent, url }: Service, { body, method, path }: Ask) =>
  new Promise<string>((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { "content-type": "application/json" })
    }
    request(url + path, { agent, method, headers }, (response) => {
      let text = ""
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk
      })
      response.once("end", () => ((response.statusCode ?? 500) < 300 ? resolve(text) : reject(new Error(text))))
    })
      .once("error", reject)
      .end(body)
  })

/** Requests a second, each connection asking again as soon as it is answered. */
const load = async (service: Service, ask: Ask, millis: number) => {
  const start = performance.now()
  let count = 0
  const one = async () => {
    while (performance.now() - start < millis) {
      await send(service, ask)
      count++
    }
  }
  await Promise.all(Array.from({ length: connections }, one))
  return (count * 1000) / (performance.now() - start)
}

const median = (values: ReadonlyArray<number>) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const compare = async (label: string, off: Service, on: Service, asks: readonly [off: Ask, on: Ask]) => {
  await load(off, asks[0], warmUpMillis)
  await load(on, asks[1], warmUpMillis)
  const speeds: Array<readonly [off: number, on: number]> = []
  for (let round = 0; round < rounds; round++) {
    // Who comes first changes, so that what drifts is for both.
    const first = round % 2 === 0
    const a = await load(first ? off : on, asks[first ? 0 : 1], roundMillis)
    const b = await load(first ? on : off, asks[first ? 1 : 0], roundMillis)
    speeds.push(first ? [a, b] : [b, a])
  }
  const ratios = speeds.map(([off, on]) => off / on).toSorted((a, b) => a - b)
  const [medianOff, medianOn] = [0, 1].map((n) =>
    median(speeds.map((speed) => speed[n] ?? 0))
      .toFixed(0)
      .padStart(6)
  )
  process.stdout.write(
    `${label.padEnd(8)} off ${medianOff}/s  on ${medianOn}/s  off/on ${median(ratios).toFixed(2)} (${ratios[0]?.toFixed(2)} to ${ratios.at(-1)?.toFixed(2)})\n`
  )
}

await Effect.runPromise(
  Effect.gen(function* () {
    const server = yield* PostgresServer.start({ durable: true })
    const off = yield* serve(server.url, "off")
    const on = yield* serve(server.url, "on")
    process.stdout.write(
      `${connections} connections, ${rounds} rounds of ${roundMillis} ms each, Node ${process.version}\n`
    )
    yield* Effect.promise(async () => {
      const list = { method: "GET", path: "/api/tasks?limit=20" }
      const one = async (service: Service) => {
        const [task] = JSON.parse(await send(service, list))
        return { method: "GET", path: `/api/tasks/${task.id}` }
      }
      const post = { method: "POST", path: "/api/tasks", body: JSON.stringify({ title: "Buy milk" }) }
      await compare("GET one", off, on, [await one(off), await one(on)])
      await compare("list 20", off, on, [list, list])
      await compare("POST", off, on, [post, post])
      for (const { agent } of [off, on]) agent.destroy()
    })
  }).pipe(Effect.scoped)
)
