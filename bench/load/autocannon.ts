// What requests.lua does, for machines without wrk: node autocannon.ts URL CONNECTIONS SECONDS FILE
import { readFileSync } from "node:fs"
import autocannon, { type Request } from "autocannon"

const [url = "", connections, seconds, file = ""] = process.argv.slice(2)

const parse = (text: string): Request => {
  const [head = "", body] = text.split("\r\n\r\n", 2)
  const [line = "", ...fields] = head.split("\r\n")
  const [method, path] = line.split(" ", 2)
  const headers = Object.fromEntries(fields.map((field) => field.split(": ", 2)))
  return { method: method as "GET", path: path ?? "/", headers, ...(body && { body }) }
}

const requests = readFileSync(file, "utf8").split("\0").filter(Boolean).map(parse)

// Every connection takes the next request there is, whoever sent the one before.
let at = 0
const next = (request: Request): Request => ({ ...request, ...requests[at++ % requests.length] })

const result = await autocannon({
  url,
  connections: Number(connections),
  duration: Number(seconds),
  requests: [{ setupRequest: next }]
})

process.stdout.write(
  `${JSON.stringify({
    requests: result.requests.total,
    seconds: result.duration,
    p50: result.latency.p50,
    p95: result.latency.p97_5,
    p99: result.latency.p99,
    errors: result.errors + result.timeouts + result.non2xx
  })}\n`
)
