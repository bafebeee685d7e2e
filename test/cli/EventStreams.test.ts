import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { request, serveOnPostgres, timeout, tokenFor, until } from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

/** Opens an event stream. Yields what has arrived. */
const open = Effect.fnUntraced(function* (url: string, token: string) {
  const stream = { text: "", isEnded: false }
  const response = yield* Effect.promise(() =>
    fetch(`${url}/api/events`, { headers: { authorization: `Bearer ${token}` } })
  )
  const read = async () => {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) stream.text += chunk
    stream.isEnded = true
  }
  read().catch(() => {})
  yield* until(() => stream.text.includes("event: changes"))
  return stream
})

describe("tasks serve", () => {
  it.live(
    "sends events for changes that another process made, and ends streams at SIGTERM within the limit",
    () =>
      Effect.gen(function* () {
        const DATABASE_URL = yield* TestDatabase.make
        const [reader, writer] = [yield* serveOnPostgres({ DATABASE_URL }), yield* serveOnPostgres({ DATABASE_URL })]
        for (const service of [reader, writer]) yield* until(() => service.output().includes("LISTEN and NOTIFY"))
        const token = yield* tokenFor("ada")
        const stream = yield* open(reader.url, token)
        yield* request(writer.url, "/api/tasks", { token, body: { title: "Buy milk" } })
        yield* until(() => stream.text.match(/event: changes/g)?.length === 2)
        yield* reader.kill("SIGTERM")
        const { code, stderr } = yield* reader.exit
        assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
        yield* until(() => stream.isEnded)
        assert.include(reader.output(), "GET /api/events 200")
      }).pipe(Effect.scoped),
    timeout
  )
})
