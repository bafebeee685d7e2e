import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { IpNetwork } from "effect/net"
import { makeForwardedForWarning } from "../../src/server/pipeline/ClientAddress.ts"

const trusted = [Result.getOrThrow(IpNetwork.fromString("10.0.0.0/8"))]

describe("makeForwardedForWarning", () => {
  it("warns once about X-Forwarded-For from an untrusted peer", () => {
    const warning = makeForwardedForWarning(trusted)
    assert.isUndefined(warning("192.0.2.1", undefined))
    assert.isUndefined(warning("10.1.2.3", "198.51.100.1"))
    assert.isUndefined(warning("::ffff:10.1.2.3", "198.51.100.1"))
    assert.match(warning("192.0.2.1", "198.51.100.1") ?? "", /from 192\.0\.2\.1, which is not in TRUSTED_PROXIES/)
    assert.isUndefined(warning("192.0.2.1", "198.51.100.1"))
  })

  it("warns without any trusted proxy", () => {
    assert.isDefined(makeForwardedForWarning([])("::1", "198.51.100.1"))
  })
})
