import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { build, preview } from "vite"
import { startAuth } from "../../server/auth.ts"
import { freePorts } from "../../server/ports.ts"
import { startTasks } from "../../server/tasks.ts"

const root = join(import.meta.dirname, "../..")

/** Better Auth, the service and the built page, as people get them, with data of their own. */
export const startStack = async () => {
  const directory = mkdtempSync(join(tmpdir(), "effect-tasks-web-"))
  const [pagePort = 0, authPort = 0, tasksPort = 0] = await freePorts(20_000 + Math.floor(Math.random() * 10_000), 3)
  const page = `http://127.0.0.1:${pagePort}`
  const auth = await startAuth({ port: authPort, directory, page })
  const options = { port: tasksPort, directory: join(directory, "tasks"), auth: auth.url, page }
  const outDir = join(directory, "page")
  process.env.AUTH_URL = auth.url
  // Vitest has set another, and the page would be built for development.
  process.env.NODE_ENV = "production"
  process.env.VITE_TASKS_URL = `http://127.0.0.1:${tasksPort}`
  const [first] = await Promise.all([
    startTasks(options),
    build({ root, logLevel: "warn", build: { outDir, emptyOutDir: true, chunkSizeWarningLimit: 1000 } })
  ])
  const server = await preview({ root, logLevel: "warn", build: { outDir }, preview: { port: pagePort } })
  let tasks = first
  return {
    page,
    auth: auth.auth,
    tasks: first.url,
    stopTasks: () => tasks.close(),
    /** On the same port, with what it knew. */
    startTasks: async () => {
      tasks = await startTasks(options)
    },
    close: async () => {
      await Promise.all([server.close(), tasks.close()])
      auth.close()
      rmSync(directory, { recursive: true, force: true })
    }
  }
}
