// Starts the example: Better Auth, the task service and the page. They end together.
import { spawnSync } from "node:child_process"
import { statSync } from "node:fs"
import { join } from "node:path"

const here = import.meta.dirname
const data = join(here, ".data")

const say = (text: string) => void process.stdout.write(`${text}\n`)

const changedAt = (file: string) => statSync(join(here, file), { throwIfNoEntry: false })?.mtimeMs ?? 0

/** Installs the packages at the first start, and again when the lock file has changed. */
const install = () => {
  if (changedAt("node_modules/.package-lock.json") >= changedAt("package-lock.json")) return
  say("Installing the packages of the example ...")
  const npm = process.env.npm_execpath
  if (npm === undefined) throw new Error("Start the example by npm run example, in the root of the project.")
  const { status } = spawnSync(process.execPath, [npm, "ci", "--no-audit", "--no-fund"], {
    cwd: here,
    stdio: "inherit"
  })
  if (status !== 0) throw new Error(`npm ci in ${here} failed: see above.`)
}

const run = async () => {
  install()
  // These modules need the packages.
  const [{ startAuth }, { freePorts }, { startTasks }, { createServer }] = await Promise.all([
    import("./server/auth.ts"),
    import("./server/ports.ts"),
    import("./server/tasks.ts"),
    import("vite")
  ])
  const [pagePort = 0, authPort = 0, tasksPort = 0] = await freePorts(3000, 3)
  const page = `http://127.0.0.1:${pagePort}`

  const auth = await startAuth({ port: authPort, directory: data, page })
  const tasks = await startTasks({ port: tasksPort, directory: join(data, "tasks"), auth: auth.url, page })
  process.env.AUTH_URL = auth.url
  process.env.VITE_TASKS_URL = tasks.url
  const vite = await createServer({ root: here, logLevel: "warn", server: { port: pagePort } })
  await vite.listen()
  say(`
  Page  ${page}
  API   ${tasks.url}
  Docs  ${tasks.url}/docs

Sign up on the page with any email address: no mail is sent. Ctrl-C stops everything.
A token for the docs, in the browser console of the page: (await (await fetch("/api/auth/token")).json()).token`)

  let isStopping = false
  const stop = async () => {
    if (isStopping) return
    isStopping = true
    await Promise.all([tasks.close(), vite.close()])
    auth.close()
    process.exit()
  }
  process.on("SIGINT", stop).on("SIGTERM", stop)
  const output = await tasks.ended
  if (isStopping) return
  await vite.close()
  throw new Error(`The task service ended:\n${output}`)
}

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
