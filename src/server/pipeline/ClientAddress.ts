import { Context, Result } from "effect"
import { IpNetwork, NetAddress } from "effect/net"

/** Networks of the proxies whose `X-Forwarded-For` is believed. None by default. */
export const TrustedProxies = Context.Reference<ReadonlyArray<IpNetwork.IpNetwork>>("tasks/server/TrustedProxies", {
  defaultValue: () => []
})

const parse = (text: string): NetAddress.IpAddress | undefined => {
  const address = NetAddress.ipFromString(text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text)
  if (Result.isSuccess(address)) return NetAddress.toCanonical(address.success)
  const withPort = NetAddress.inetAddressFromString(text)
  return Result.isSuccess(withPort) ? NetAddress.toCanonical(withPort.success.address) : undefined
}

/** An IPv6 address counts with its /64, which is what one customer gets: singly, a client would have endless buckets. */
export const rateLimitAddress = (text: string) => {
  if (!text.includes(":")) return text
  const address = parse(text)
  if (address === undefined) return text
  return NetAddress.isIpv6Address(address)
    ? IpNetwork.format(IpNetwork.fromAddressUnsafe(address, 64))
    : NetAddress.formatIp(address)
}

/** The /24 network of an IPv4 address, the /48 network of an IPv6 address. */
export const maskAddress = (text: string) => {
  const address = parse(text)
  if (address === undefined) return ""
  return IpNetwork.format(IpNetwork.fromAddressUnsafe(address, NetAddress.isIpv6Address(address) ? 48 : 24))
}

type Networks = ReadonlyArray<IpNetwork.IpNetwork>

const isIn = (networks: Networks, address: NetAddress.IpAddress | undefined) =>
  address !== undefined && networks.some((network) => IpNetwork.contains(network, address))

/** Whether a peer is one of the trusted proxies. */
export const proxyFinder = (trustedProxies: Networks) =>
  trustedProxies.length === 0 ? () => false : (peer: string) => isIn(trustedProxies, parse(peer))

/**
 * Finds the address of the client behind trusted proxies: the last entry of `X-Forwarded-For` that is no trusted proxy.
 * The header counts only from a trusted peer, and an entry that is no address makes the whole header void.
 */
export const clientAddressFinder = (trustedProxies: Networks) => {
  const isProxy = proxyFinder(trustedProxies)
  return (peer: string, forwardedFor: string | undefined) => {
    if (forwardedFor === undefined || !isProxy(peer)) return peer
    const entries = forwardedFor.split(",")
    for (let n = entries.length - 1; n >= 0; n--) {
      const address = parse(entries[n]?.trim() ?? "")
      if (address === undefined) return peer
      if (n === 0 || !isIn(trustedProxies, address)) return NetAddress.formatIp(address)
    }
    return peer
  }
}

/**
 * Returns the warning to log for the first request with `X-Forwarded-For` from a peer that is not a trusted proxy, and
 * `undefined` afterwards. Without TRUSTED_PROXIES all clients of a proxy share its address and its rate limit.
 */
export const makeForwardedForWarning = (trustedProxies: Networks) => {
  const isProxy = proxyFinder(trustedProxies)
  let hasWarned = false
  return (peer: string, forwardedFor: string | undefined): string | undefined => {
    if (hasWarned || forwardedFor === undefined || isProxy(peer)) return undefined
    const address = parse(peer)
    if (address === undefined) return undefined
    hasWarned = true
    return (
      `ignored X-Forwarded-For from ${NetAddress.formatIp(address)}, which is not in TRUSTED_PROXIES. ` +
      "If it is your proxy, add it: otherwise all its clients share one rate limit"
    )
  }
}
