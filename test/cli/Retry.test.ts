import { connect } from "node:net"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Process from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

it.live(
  "a client that loses the connection after the commit repeats the request and receives the stored response",
  () =>
    Effect.gen(function* () {
      const service = yield* Process.serve({
        DATABASE_URL: yield* TestDatabase.make,
        BETTER_AUTH_SECRET: Process.secret
      })
      const token = yield* Process.tokenFor("ada")
      const body = JSON.stringify({ title: "once" })
      const head = [
        "POST /api/tasks HTTP/1.1",
        "Host: localhost",
        `Authorization: Bearer ${token}`,
        "Content-Type: application/json",
        `Content-Length: ${body.length}`,
        "Idempotency-Key: the-one"
      ]
      const { hostname, port } = new URL(service.url)
      const socket = connect(Number(port), hostname)
      // The response is never read: the client does not know of its success.
      socket.pause()
      socket.write(`${head.join("\r\n")}\r\n\r\n${body}`)
      yield* Process.until(async () => {
        const response = await fetch(`${service.url}/api/tasks`, { headers: { authorization: `Bearer ${token}` } })
        return ((await response.json()) as ReadonlyArray<unknown>).length === 1
      })
      socket.destroy()

      const answer = yield* Effect.promise(() =>
        fetch(`${service.url}/api/tasks`, {
          method: "POST",
          headers: {
            authorization: `Bearer ${token}`,
            "content-type": "application/json",
            "idempotency-key": "the-one"
          },
          body
        })
      )
      assert.deepStrictEqual([answer.status, answer.headers.get("idempotency-replayed")], [201, "true"])
      const { body: tasks } = yield* Process.request(service.url, "/api/tasks", { token })
      assert.deepStrictEqual([yield* Effect.promise(() => answer.json())], tasks)
    }).pipe(Effect.scoped),
  Process.timeout
)
