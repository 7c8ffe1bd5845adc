import { bucketOfHost } from '../http/address.ts'

/**
 * Names under which Tencent serves COS. Clients that are pointed at our address by other means than their endpoint (the
 * Python SDK's `IP` and `Port`, the Node.js SDK's `Ip`, a name server of one's own) still send them as Host.
 */
const VENDOR = /^(?:(.+)\.)?cos(?:-internal)?\.[a-z0-9-]+\.(?:myqcloud\.com|tencentcos\.cn)$/
const VENDOR_SERVICE = 'service.cos.myqcloud.com'

function nameOf(host: string | undefined): string {
  return (host ?? '').toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
}

/** Does the name alone say that COS is spoken? @param cosDomains lower-case names an operator gave to this dialect */
export function isCosHost(host: string | undefined, cosDomains: readonly string[]): boolean {
  const name = nameOf(host)
  if (name === '') return false
  if (name === VENDOR_SERVICE || VENDOR.test(name)) return true
  return cosDomains.some((domain) => name === domain || name.endsWith(`.${domain}`))
}

/** The bucket, `name-appid` as it stands, of a virtual-hosted request; undefined for path style. */
export function bucketOfCosHost(
  host: string | undefined,
  objectDomains: readonly string[],
): string | undefined {
  return VENDOR.exec(nameOf(host))?.[1] ?? bucketOfHost(host, objectDomains)
}
