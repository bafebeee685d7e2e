import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { rateLimitAddress } from "../../src/server/pipeline/ClientAddress.ts"
import { serveOnPostgres, timeout } from "../support/Process.ts"

describe("rateLimitAddress", () => {
  it("returns an IPv4 address as it is, also as a mapped one, and the /64 network of an IPv6 address", () => {
    for (const [address, client] of [
      ["192.0.2.7", "192.0.2.7"],
      ["::ffff:192.0.2.7", "192.0.2.7"],
      ["0:0:0:0:0:FFFF:c000:0207", "192.0.2.7"],
      ["2001:db8:1:2::5", "2001:db8:1:2::/64"],
      ["2001:DB8:1:2:ffff:eeee:dddd:cccc", "2001:db8:1:2::/64"],
      ["2001:db8:1:3::5", "2001:db8:1:3::/64"],
      ["::1", "::/64"],
      ["fe80::1%eth0", "fe80::1%eth0"],
      ["", ""]
    ] as const) {
      assert.strictEqual(rateLimitAddress(address), client, address)
    }
  })
})

/** How many requests are left to whom a service with a limit takes us for. */
const asker = Effect.fnUntraced(function* (environment: Record<string, string>) {
  const { url } = yield* serveOnPostgres({ RATE_LIMIT_ADDRESS: "1000/hour", ...environment })
  return (forwarded?: string, method = "GET") =>
    Effect.promise(async () => {
      const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded }
      const response = await fetch(`${url}/api/me`, { method, headers, ...(method === "POST" && { body: "{}" }) })
      await response.text()
      assert.include([401, 405], response.status)
      return Number(/r=(\d+)/.exec(response.headers.get("ratelimit") ?? "")?.[1])
    })
})

describe("clientAddressFinder", () => {
  it.live(
    "finds the last address that is not a trusted proxy, and ignores what the client itself sent",
    () =>
      Effect.gen(function* () {
        const left = yield* asker({ TRUSTED_PROXIES: "127.0.0.0/8, 10.0.0.0/8, 2001:db8:ffff::/48" })
        assert.strictEqual(yield* left("192.0.2.7"), 999)
        assert.strictEqual(yield* left("192.0.2.8"), 999)
        assert.strictEqual(yield* left("203.0.113.9, 192.0.2.7"), 998)
        assert.strictEqual(yield* left("203.0.113.9,192.0.2.7 , 10.1.2.3,2001:db8:ffff::7", "POST"), 997)
        assert.strictEqual(yield* left("::ffff:192.0.2.7"), 996)
        assert.strictEqual(yield* left("192.0.2.7:51234"), 995)
        assert.strictEqual(yield* left("2001:db8:1:2::5"), 999)
        assert.strictEqual(yield* left("[2001:db8:1:2:9::6]:443"), 998)
        // A text that is no address counts as the proxy that sent it, so a client cannot invent buckets.
        const garbage = ["", ",", ",,,", "unknown", "192.0.2.7, _hidden", "1.2.3.4.5", "%00", "9".repeat(8_000)]
        let asked = 0
        for (const text of garbage) assert.strictEqual(yield* left(text), 999 - asked++, text.slice(0, 20))
        assert.strictEqual(yield* left(), 999 - asked++)
        assert.strictEqual(yield* left(Array.from({ length: 1_500 }, () => "10.0.0.1").join(",")), 999)
      }),
    timeout
  )

  it.live(
    "ignores X-Forwarded-For without trusted proxies",
    () =>
      Effect.gen(function* () {
        for (const TRUSTED_PROXIES of ["", "10.0.0.0/8"]) {
          const left = yield* asker({ TRUSTED_PROXIES })
          assert.strictEqual(yield* left(), 999)
          assert.strictEqual(yield* left("192.0.2.7"), 998)
          assert.strictEqual(yield* left("10.0.0.1"), 997)
        }
      }),
    timeout
  )
})
