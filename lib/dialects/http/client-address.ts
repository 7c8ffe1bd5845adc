import { BlockList, isIP } from 'node:net'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'

/** Who sent a request and how, after the proxies that we were told to believe. */
export interface Client {
  remoteAddress: string
  /** the client is on this machine */
  loopback: boolean
  /** TLS all the way to us, or to a trusted proxy that says so */
  secure: boolean
  /** a trusted proxy handed the request on */
  proxied: boolean
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

const FORWARDED_BY = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const

/**
 * Makes the function that tells who sent a request.
 *
 * @param trustedProxies addresses or CIDR blocks; X-Forwarded-For and -Proto of anyone else are ignored,
 *   or else any client could declare itself local and its plain connection secure
 */
export function clientResolver(
  trustedProxies: readonly string[],
): (socket: Socket, headers: Headers) => Client {
  const trusted = trustedProxies.length > 0 ? blockList(trustedProxies) : undefined
  return (socket, headers) => {
    const peer = plainAddress(socket.remoteAddress ?? '')
    const secure = (socket as Partial<TLSSocket>).encrypted === true
    if (trusted && includes(trusted, peer)) return behindProxy(headers, trusted, peer, secure)
    // A proxy on this machine that nobody declared would make every client local.
    const loopback = isLoopback(peer) && !FORWARDED_BY.some((name) => headers[name] !== undefined)
    return { remoteAddress: peer, loopback, secure, proxied: false }
  }
}

function behindProxy(headers: Headers, trusted: BlockList, peer: string, tls: boolean): Client {
  const remoteAddress = originalAddress(String(headers['x-forwarded-for'] ?? ''), trusted, peer)
  // Each proxy appends: the last word is that of the one that speaks to us, earlier ones may be the client's own.
  const declared = String(headers['x-forwarded-proto'] ?? '')
    .split(',')
    .at(-1)
    ?.trim()
    .toLowerCase()
  return {
    remoteAddress,
    loopback: isLoopback(remoteAddress),
    secure: tls || declared === 'https',
    proxied: true,
  }
}

/** The right-most address that is not a trusted proxy's: everything left of it is what that client claims. */
function originalAddress(forwardedFor: string, trusted: BlockList, peer: string): string {
  const hops = forwardedFor.split(',').map((hop) => plainAddress(hop.trim()))
  let nearest = peer
  for (const hop of hops.reverse()) {
    if (isIP(hop) === 0) return nearest
    nearest = hop
    if (!includes(trusted, hop)) return hop
  }
  return nearest
}

/** IPv4 as such where a dual-stack socket reports it mapped (RFC 4291 §2.5.5.2); brackets and ports are dropped. */
function plainAddress(address: string): string {
  const bare = address.startsWith('[')
    ? address.slice(1, address.indexOf(']'))
    : address.replace(/^([\d.]+):\d+$/, '$1')
  return bare.startsWith('::ffff:') && bare.includes('.') ? bare.slice(7) : bare
}

function blockList(blocks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const block of blocks) {
    const [address = '', bits] = block.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

function isLoopback(address: string): boolean {
  return address === '::1' || (address.startsWith('127.') && isIP(address) === 4)
}

function includes(list: BlockList, address: string): boolean {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
}
