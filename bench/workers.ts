// What a second worker adds: reads of one task and lists of twenty by 32 clients, with one worker and with two, in
// turn; and what each start and each process takes. The clients and PostgreSQL run on the same cores. Run alone, on
// Linux: npm run bench:workers
import { readFileSync } from "node:fs"
import { Agent, get } from "node:http"
import { availableParallelism } from "node:os"
import { Effect } from "effect"
import * as PostgresServer from "../test/support/PostgresServer.ts"
import * as Process from "../test/support/Process.ts"

const clients = 32
const rounds = 3
const bundle: Process.Program = { command: [process.execPath, "dist/main.js"], cwd: Process.root }

const fetchOnce = (agent: Agent, url: string, token: string) =>
  new Promise<void>((resolve, reject) => {
    get(url, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${response.statusCode} for ${url}`))
      response.resume().once("end", resolve)
    }).once("error", reject)
  })

/** Requests a second, over so many seconds. */
const rate = async (url: string, token: string, seconds: number) => {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const end = performance.now() + seconds * 1000
  let done = 0
  const client = async () => {
    while (performance.now() < end) {
      await fetchOnce(agent, url, token)
      done++
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  agent.destroy()
  return Math.round(done / seconds)
}

/** Megabytes that the process and its workers hold. */
const memory = (pid: number) =>
  Effect.map(PostgresServer.childrenOf(pid), (workers) =>
    [pid, ...workers].map((process) => {
      const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${process}/status`, "utf8")) ?? []
      return Math.round(Number(kilobytes) / 1024)
    })
  )

const measure = Effect.fnUntraced(function* (environment: Process.Environment) {
  const begin = performance.now()
  const service = yield* Process.serve(environment, bundle)
  const start = Math.round(performance.now() - begin)
  const fresh = yield* memory(service.pid)
  const token = yield* Process.tokenFor("ada")
  const task = yield* Process.ask(service.url, "/api/tasks", { token, body: { title: "Measured" } })
  const urls = [`${service.url}/api/tasks/${task.body.id}`, `${service.url}/api/tasks?limit=20`]
  // Unmeasured: the machine code is made first.
  for (const url of urls) yield* Effect.promise(() => rate(url, token, 6))
  const [one, list] = yield* Effect.forEach(urls, (url) => Effect.promise(() => rate(url, token, 8)))
  return `one task ${one}  list ${list}  start ${start} ms  memory ${fresh} then ${yield* memory(service.pid)} MB`
}, Effect.scoped)

const bench = Effect.gen(function* () {
  const { url } = yield* PostgresServer.start({ durable: true })
  const environment = { ENVIRONMENT: "production", DATABASE_URL: url, BETTER_AUTH_SECRET: Process.secret }
  process.stdout.write(
    `requests a second, ${clients} clients, ${availableParallelism()} cores, Node ${process.version}\n`
  )
  for (let round = 0; round < rounds; round++) {
    for (const WEB_CONCURRENCY of ["1", "2"]) {
      process.stdout.write(`workers ${WEB_CONCURRENCY}  ${yield* measure({ ...environment, WEB_CONCURRENCY })}\n`)
    }
  }
})

await Effect.runPromise(Effect.scoped(bench))
