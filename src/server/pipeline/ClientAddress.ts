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

const isIn = (networks: ReadonlyArray<IpNetwork.IpNetwork>, address: NetAddress.IpAddress) =>
  networks.some((network) => IpNetwork.contains(network, address))

/** Whether a peer is one of the trusted proxies. */
export const proxyFinder = (trustedProxies: ReadonlyArray<IpNetwork.IpNetwork>) => {
  if (trustedProxies.length === 0) return () => false
  return (peer: string) => {
    const address = parse(peer)
    return address !== undefined && isIn(trustedProxies, address)
  }
}

/**
 * Finds the address of the client behind trusted proxies: the last entry of `X-Forwarded-For` that is no trusted proxy.
 * The header counts only from a trusted peer, and an entry that is no address makes the whole header void.
 */
export const clientAddressFinder = (trustedProxies: ReadonlyArray<IpNetwork.IpNetwork>) => {
  const isTrusted = (address: NetAddress.IpAddress) => isIn(trustedProxies, address)
  if (trustedProxies.length === 0) return (peer: string) => peer
  return (peer: string, forwardedFor: string | undefined) => {
    const from = parse(peer)
    if (forwardedFor === undefined || from === undefined || !isTrusted(from)) return peer
    const entries = forwardedFor.split(",")
    for (let n = entries.length - 1; n >= 0; n--) {
      const address = parse(entries[n]?.trim() ?? "")
      if (address === undefined) return peer
      if (n === 0 || !isTrusted(address)) return NetAddress.formatIp(address)
    }
    return peer
  }
}
