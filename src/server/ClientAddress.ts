import { Context, Option, Result } from "effect"
import type { HttpServerRequest } from "effect/http"
import { IpNetwork, NetAddress } from "effect/net"

/** The proxies whose word counts on whom they speak for. None means that nobody's does. */
export const TrustedProxies = Context.Reference<ReadonlyArray<IpNetwork.IpNetwork>>("tasks/server/TrustedProxies", {
  defaultValue: () => []
})

/**
 * What the client's address is counted as. An IPv6 address counts with its /64, which is what one customer
 * is given: counted singly, anyone would have more of them than there are buckets.
 */
export const clientOf = (request: HttpServerRequest.HttpServerRequest) => {
  const text = Option.getOrElse(request.remoteAddress, () => "")
  if (!text.includes(":")) return text
  const parsed = NetAddress.ipFromString(text)
  if (Result.isFailure(parsed)) return text
  const address = NetAddress.toCanonical(parsed.success)
  return NetAddress.isIpv6Address(address)
    ? IpNetwork.format(IpNetwork.fromAddressUnsafe(address, 64))
    : NetAddress.formatIp(address)
}
