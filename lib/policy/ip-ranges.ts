import { BlockList, isIP } from 'node:net'

/** An address or a range in CIDR notation; undefined when it is neither. */
export function parseRange(text: string): BlockList | undefined {
  const [, address = '', bits] = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? []
  const version = isIP(address)
  if (version === 0 || Number(bits ?? 0) > (version === 4 ? 32 : 128)) return undefined
  const family = version === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  if (bits === undefined) list.addAddress(address, family)
  else list.addSubnet(address, Number(bits), family)
  return list
}

/** False for what is no address. An IPv4 address written as IPv6 (::ffff:192.0.2.1) is that IPv4 address. */
export function inRange(range: BlockList, address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
  const version = isIP(plain)
  return version !== 0 && range.check(plain, version === 4 ? 'ipv4' : 'ipv6')
}
