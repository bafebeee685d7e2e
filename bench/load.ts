import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { hasWrk } from "./machine.ts"
import type { Request } from "./workloads.ts"

/** What came of a load; times in milliseconds. */
export interface Outcome {
  readonly requests: number
  readonly seconds: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  /** Connections refused or lost, answers that did not come, and answers from 400 up. */
  readonly errors: number
}

export const connections = 100

/** A request as it goes over the wire. Browsers name the origin of their page, so this one does. */
export const render = ({ body, ifMatch, method, path, user_id }: Request, tokenOf: (user: string) => string) => {
  const text = body === undefined ? "" : JSON.stringify(body)
  const fields = [
    "Host: localhost",
    `Authorization: Bearer ${tokenOf(user_id)}`,
    "Origin: https://app.example.com",
    ...(ifMatch === undefined ? [] : [`If-Match: "${ifMatch}"`]),
    ...(body === undefined ? [] : ["Content-Type: application/json", `Content-Length: ${Buffer.byteLength(text)}`])
  ]
  return `${method} ${path} HTTP/1.1\r\n${fields.join("\r\n")}\r\n\r\n${text}`
}

const pathOf = (file: string) => fileURLToPath(new URL(`load/${file}`, import.meta.url))

/** A hundred connections, each with a request under way all the time. */
export const run = async (url: string, requests: ReadonlyArray<string>, seconds: number): Promise<Outcome> => {
  const directory = mkdtempSync(join(tmpdir(), "effect-tasks-load-"))
  try {
    const file = join(directory, "requests")
    writeFileSync(file, requests.join("\0"))
    const [command, args] = hasWrk
      ? ["wrk", ["-t", "1", "-c", `${connections}`, "-d", `${seconds}s`, "-s", pathOf("requests.lua"), url, "--", file]]
      : [process.execPath, [pathOf("autocannon.ts"), url, `${connections}`, `${seconds}`, file]]
    const { stdout } = await promisify(execFile)(command, args)
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "")
  } finally {
    rmSync(directory, { recursive: true })
  }
}
