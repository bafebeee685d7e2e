import { Result } from "effect"
import { IpNetwork, NetAddress } from "effect/net"

/**
 * Returns the warning to log for the first request with `X-Forwarded-For` from a peer that is not a trusted proxy, and
 * `undefined` afterwards. Without TRUSTED_PROXIES all clients of a proxy share its address and its rate limit.
 */
export const makeForwardedForWarning = (trustedProxies: ReadonlyArray<IpNetwork.IpNetwork>) => {
  let hasWarned = false
  return (peer: string | undefined, forwardedFor: string | ReadonlyArray<string> | undefined): string | undefined => {
    if (hasWarned || forwardedFor === undefined || peer === undefined) return undefined
    const address = NetAddress.ipFromString(peer)
    if (Result.isFailure(address)) return undefined
    const canonical = NetAddress.toCanonical(address.success)
    if (trustedProxies.some((network) => IpNetwork.contains(network, canonical))) return undefined
    hasWarned = true
    return (
      `ignored X-Forwarded-For from ${NetAddress.formatIp(canonical)}, which is not in TRUSTED_PROXIES. ` +
      "If it is your proxy, add it: otherwise all its clients share one rate limit"
    )
  }
}
