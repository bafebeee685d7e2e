import { Writable } from "node:stream"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Context, Effect, Logger } from "effect"
import { PrometheusMetrics } from "effect/observability"
import { vi } from "vitest"
import * as Logging from "../../src/observability/Logging.ts"
import { request, serveOnPostgres, timeout, tokenFor } from "../support/Process.ts"

/** The lines that a logger writes. */
const written = <A, E>(format: Logger.Logger<unknown, string>, effect: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    yield* Effect.provide(effect, Logger.layer([Logger.map(format, (line) => void lines.push(line))]))
    return lines
  })

const odd = "one\ntwo\r\u2028three \u001b[2Jfour"

describe("Logging", () => {
  it.effect("writes one flat JSON object per line, whatever the message contains", () =>
    Effect.gen(function* () {
      const [plain = "", failed = ""] = yield* written(
        Logging.jsonLogger,
        Effect.andThen(
          Effect.annotateLogs(Effect.logWarning(odd), { request_id: "r", status: 200 }),
          Effect.logError("failed", Cause.die(new Error(odd)))
        )
      )
      assert.deepStrictEqual(JSON.parse(plain), {
        time: "1970-01-01T00:00:00.000Z",
        level: "warn",
        message: odd,
        request_id: "r",
        status: 200
      })
      assert.hasAllKeys(JSON.parse(failed), ["time", "level", "message", "error"])
      for (const line of [plain, failed]) assert.notMatch(line, /[\n\r]/)
    })
  )

  it.effect("writes the line of a request without a fiber in the same form, from the configured level on", () =>
    Effect.gen(function* () {
      const fields = { request_id: "r", status: 200, odd, absent: undefined }
      const logged = yield* written(Logging.jsonLogger, Effect.annotateLogs(Effect.logInfo(odd), fields))
      const direct: Array<string> = []
      const write = (line: () => string) => void direct.push(line())
      Logging.lineWriter("Info", write)("Info", 0, odd, fields)
      Logging.lineWriter("Warn", write)("Info", 0, odd, fields)
      assert.deepStrictEqual(direct, logged)
    })
  )

  it.effect("appends annotations that the message does not contain in readable lines", () =>
    Effect.gen(function* () {
      const request = Effect.annotateLogs(Effect.logInfo("GET /api/tasks 200"), {
        request_id: "r",
        method: "GET",
        route: "/api/tasks",
        status: 200,
        odd: "a b"
      })
      const [line = "", other = "", colored = ""] = [
        ...(yield* written(Logging.prettyLogger(false), Effect.andThen(request, Effect.logInfo(odd)))),
        ...(yield* written(Logging.prettyLogger(true), request))
      ]
      assert.match(line, /^\d\d:\d\d:00\.000 INFO {2}GET \/api\/tasks 200 +request_id=r odd="a b"$/)
      assert.match(other, /INFO {2}one\\u000atwo\\u000d\\u2028three \\u001b\[2Jfour$/)
      assert.include(colored, "\u001b[32mINFO \u001b[0m GET")
    })
  )
})

describe("makeOutput", () => {
  /** Waits until all lines are written: the timer of the output has the same length and was started before. */
  const written = Effect.promise(() => new Promise<void>((resolve) => setTimeout(resolve, 10)))
  const writeLines = Effect.fnUntraced(function* (output: Writable, batches: number) {
    const write = Logging.makeOutput(output)
    for (let batch = 0; batch < batches; batch++) {
      for (let n = 0; n < 100; n++) write(() => "x".repeat(1_000))
      yield* written
    }
  })
  const droppedLines = () =>
    Number(/^log_lines_dropped_total (\d+)$/m.exec(PrometheusMetrics.formatUnsafe(Context.empty()))?.[1])

  it.live("drops and counts lines while the output is not read", () =>
    Effect.gen(function* () {
      const before = droppedLines() || 0
      const stalled = new Writable({ write: () => {} })
      yield* writeLines(stalled, 30)
      assert.strictEqual(stalled.writableLength, 11 * 100 * 1_001)
      assert.strictEqual(droppedLines() - before, 1_900)
    })
  )

  it("writes the lines of several turns of the event loop together", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] })
    try {
      const chunks: Array<string> = []
      const write = Logging.makeOutput(
        new Writable({ write: (chunk, _encoding, done) => done(void chunks.push(String(chunk))) })
      )
      write(() => "one")
      await new Promise((resolve) => setImmediate(resolve))
      write(() => "two")
      await new Promise((resolve) => setImmediate(resolve))
      assert.isEmpty(chunks)
      vi.advanceTimersByTime(10)
      assert.deepStrictEqual(chunks, ["one\ntwo\n"])
    } finally {
      vi.useRealTimers()
    }
  })

  it.live("drops no line of an output that is read", () =>
    Effect.gen(function* () {
      const before = droppedLines()
      const sizes: Array<number> = []
      const output = new Writable({
        write: (chunk, _encoding, done) => {
          sizes.push(chunk.length)
          done()
        }
      })
      yield* writeLines(output, 30)
      assert.deepStrictEqual(sizes, Array(30).fill(100 * 1_001))
      assert.strictEqual(droppedLines(), before)
    })
  )
})

describe("the service's log", () => {
  it.live(
    "is JSON lines in production, including the last line before the exit",
    () =>
      Effect.gen(function* () {
        const service = yield* serveOnPostgres({ ENVIRONMENT: "production" })
        const token = yield* tokenFor("ada")
        yield* request(service.url, "/api/tasks", { token, body: { title: "Eggs" } })
        yield* service.kill("SIGTERM")
        const { stderr, stdout } = yield* service.exit
        const lines = stdout
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line))
        assert.strictEqual(stderr, "")
        const messages = lines.filter(({ level }) => level === "info").map(({ message }) => message.split(" at ")[0])
        // It is logged when the connection for it is open.
        const liveUpdates = "live updates between processes: LISTEN and NOTIFY"
        assert.include(messages, liveUpdates)
        assert.deepStrictEqual(
          messages.filter((message) => message !== liveUpdates),
          ["listening", "ready", "task created", "POST /api/tasks 201", "stopping"]
        )
        for (const line of lines) assert.hasAnyKeys(line, ["time", "level", "message"])
      }),
    timeout
  )

  it.live(
    "does not stop the service when stdout is closed",
    () =>
      Effect.gen(function* () {
        const service = yield* serveOnPostgres()
        service.stopReading()
        for (let n = 0; n < 3; n++) assert.strictEqual((yield* request(service.url, "/api/me")).status, 401)
        yield* service.kill("SIGTERM")
        assert.strictEqual((yield* service.exit).code, 0)
      }),
    timeout
  )
})
