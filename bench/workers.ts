// What a second worker adds: reads of one task and lists of twenty by 32 clients, with one worker and with two, in
// turn. The clients and PostgreSQL run on the same cores. Run alone: npm run bench:workers
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

const measure = Effect.fnUntraced(function* (environment: Process.Environment) {
  const service = yield* Process.serve(environment, bundle)
  const token = yield* Process.tokenFor("ada")
  const task = yield* Process.ask(service.url, "/api/tasks", { token, body: { title: "Measured" } })
  const one = `${service.url}/api/tasks/${task.body.id}`
  const list = `${service.url}/api/tasks?limit=20`
  // Unmeasured: the machine code is made first.
  yield* Effect.promise(() => rate(one, token, 6).then(() => rate(list, token, 6)))
  return {
    one: yield* Effect.promise(() => rate(one, token, 8)),
    list: yield* Effect.promise(() => rate(list, token, 8))
  }
}, Effect.scoped)

const bench = Effect.gen(function* () {
  const { url } = yield* PostgresServer.start({ durable: true })
  const environment = { ENVIRONMENT: "production", DATABASE_URL: url, BETTER_AUTH_SECRET: Process.secret }
  process.stdout.write(
    `requests a second, ${clients} clients, ${availableParallelism()} cores, Node ${process.version}\n`
  )
  for (let round = 0; round < rounds; round++) {
    for (const WEB_CONCURRENCY of ["1", "2"]) {
      const { list, one } = yield* measure({ ...environment, WEB_CONCURRENCY })
      process.stdout.write(`workers ${WEB_CONCURRENCY}  one task ${one}  list of tasks ${list}\n`)
    }
  }
})

await Effect.runPromise(Effect.scoped(bench))
