import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { settingNames } from "../../../src/config/Settings.ts"

export interface Options {
  readonly port: number
  /** Where the tasks are kept. */
  readonly directory: string
  /** The base URL of the Better Auth server whose tokens count. */
  readonly auth: string
  /** The origin of the page that may call the service. */
  readonly page: string
}

// A developer's own settings, of another service perhaps, have no part in the example: an empty one counts as absent.
const none = Object.fromEntries(settingNames.map((name) => [name, ""]))

/** The task service as a process of its own, once it is ready. */
export const startTasks = async ({ auth, directory, page, port }: Options) => {
  const child = spawn(process.execPath, [fileURLToPath(new URL("../../../src/main.ts", import.meta.url)), "serve"], {
    env: {
      ...process.env,
      ...none,
      PORT: String(port),
      DATA_DIR: directory,
      BETTER_AUTH_URL: auth,
      ALLOWED_ORIGINS: page,
      // Everybody who tries this comes from one address.
      RATE_LIMIT_ADDRESS: "off"
    },
    stdio: ["ignore", "pipe", "pipe"]
  })
  let output = ""
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()))
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output = (output + text).slice(-10_000)
        if (output.includes("ready at")) resolve()
      })
    }
    void ended.then(() => reject(new Error(`The task service ended:\n${output.trim()}`)))
  })
  return {
    url: `http://127.0.0.1:${port}`,
    /** Resolves when it has ended, whoever ended it. */
    ended: ended.then(() => output.trim()),
    close: async () => {
      child.kill("SIGTERM")
      await ended
    }
  }
}
