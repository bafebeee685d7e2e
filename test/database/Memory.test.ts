import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { bundle, peakMemory, serveOnPostgres, timeout, tokenFor } from "../support/Process.ts"
import { assertProblem, open, requestHead, sendRepeatedly } from "../support/Socket.ts"

const megabyte = "x".repeat(1024 * 1024)
const chunked = `${megabyte.length.toString(16)}\r\n${megabyte}\r\n`

/** Sends a body whether it is wanted or not, as long as anybody takes it. */
const upload = Effect.fnUntraced(function* (url: string, token: string, length: number, isChunked: boolean) {
  const connection = yield* open(url)
  const size = isChunked ? "Transfer-Encoding: chunked" : `Content-Length: ${length * megabyte.length}`
  yield* connection.send(
    requestHead("POST /api/tasks", [`Authorization: Bearer ${token}`, "Content-Type: application/json", size])
  )
  const body = sendRepeatedly(connection, isChunked ? chunked : megabyte, length)
  const [answer] = yield* Effect.all([connection.response, body], { concurrency: "unbounded" })
  assertProblem(answer, 413, "PAYLOAD_TOO_LARGE")
}, Effect.scoped)

it.live.runIf(process.platform === "linux")(
  "a service that is sent 50 MB at once, and 10 MB by twenty at a time, stays within 256 MB",
  () =>
    Effect.gen(function* () {
      const { pid, url } = yield* serveOnPostgres({}, yield* bundle)
      const token = yield* tokenFor("ada")
      for (const isChunked of [false, true]) {
        yield* upload(url, token, 50, isChunked)
        yield* Effect.all(
          Array.from({ length: 20 }, () => upload(url, token, 10, isChunked)),
          { concurrency: "unbounded" }
        )
      }
      const peak = peakMemory(pid)
      assert.isAbove(peak, 0)
      assert.isAtMost(peak, 256)
    }),
  timeout
)
