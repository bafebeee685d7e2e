import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { hostileBodies } from "../support/HostileBodies.ts"
import { bundle, peakMemory, serveOnPostgres, timeout, tokenFor } from "../support/Process.ts"

it.live.runIf(process.platform === "linux")(
  "a service that is sent 100 bodies of 64 KiB with thousands of errors, 8 at a time, stays within 256 MB",
  () =>
    Effect.gen(function* () {
      // Measuring coverage takes memory, too.
      const { pid, url } = yield* serveOnPostgres({}, yield* bundle)
      const token = yield* tokenFor("ada")
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" }
      for (const [name, [path, body]] of Object.entries(hostileBodies)) {
        const send = Effect.promise(async () => {
          const response = await fetch(url + path, { method: "POST", headers, body })
          return { status: response.status, text: await response.text() }
        })
        const responses = yield* Effect.all(
          Array.from({ length: 100 }, () => send),
          { concurrency: 8 }
        )
        for (const { status, text } of responses) {
          assert.strictEqual(status, 422, name)
          assert.isBelow(Buffer.byteLength(text), 64 * 1024, name)
        }
        assert.isAtMost(peakMemory(pid), 256, name)
      }
    }),
  timeout
)
