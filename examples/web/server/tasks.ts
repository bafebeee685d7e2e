import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { settingNames } from "../../../src/config/Settings.ts"

export interface Options {
  readonly port: number
  /** Stores the tasks. */
  readonly directory: string
  /** The base URL of the Better Auth server. */
  readonly auth: string
  /** The origin of the page that may call the service. */
  readonly page: string
}

// The example ignores the developer's environment: an empty setting counts as absent.
const none = Object.fromEntries(settingNames.map((name) => [name, ""]))

/** Starts the task service as a process and waits until it is ready. */
export const startTasks = async ({ auth, directory, page, port }: Options) => {
  const child = spawn(process.execPath, [fileURLToPath(new URL("../../../src/main.ts", import.meta.url)), "serve"], {
    env: {
      ...process.env,
      ...none,
      PORT: String(port),
      DATA_DIR: directory,
      BETTER_AUTH_URL: auth,
      ALLOWED_ORIGINS: page,
      // All users of the example have the same address.
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
    /** Resolves with its last output when the process has ended. */
    ended: ended.then(() => output.trim()),
    close: async () => {
      child.kill("SIGTERM")
      await ended
    }
  }
}
