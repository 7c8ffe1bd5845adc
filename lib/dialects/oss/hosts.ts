import type { Address } from '../http/address.ts'
import { bucketOfHost, parseAddress } from '../http/address.ts'
import type { HttpRequest } from '../http/request.ts'

/**
 * Names under which Aliyun serves OSS. Clients that are pointed at our address by other means than their endpoint still
 * send them: ali-oss with an IP address as its endpoint names `<bucket>.oss-<region>.aliyuncs.com`, whatever its region.
 */
const VENDOR = /^(?:(.*)\.)?oss-[a-z0-9-]+\.aliyuncs\.com$/

/** Which buckets host names stand for. */
export class OssHosts {
  /** of this dialect alone */
  readonly #own: readonly string[]
  readonly #domains: readonly string[]
  /** a whole host name → its bucket, as a CNAME bound to a bucket */
  readonly #bound: ReadonlyMap<string, string>

  /**
   * @param objectDomains lower-case base host names of all dialects
   * @param ossDomains the same of this dialect, which force it; `host=bucket` binds a whole name to a bucket
   */
  constructor(objectDomains: readonly string[], ossDomains: readonly string[]) {
    const bindings = ossDomains.filter((entry) => entry.includes('='))
    this.#own = ossDomains.filter((entry) => !entry.includes('='))
    this.#domains = [...objectDomains, ...this.#own]
    this.#bound = new Map(bindings.map((entry) => entry.split('=', 2) as [string, string]))
  }

  /** Does the name alone say that OSS is spoken? */
  isOss(host: string | undefined): boolean {
    const name = nameOf(host)
    if (name === '') return false
    if (VENDOR.test(name) || this.#bound.has(name)) return true
    return this.#own.some((domain) => name === domain || name.endsWith(`.${domain}`))
  }

  /**
   * What a request may mean, the likeliest first. More than one only where a client sends the vendor's name with the bucket
   * and the bucket in the path as well (ali-oss: IP endpoint and `sldEnable`): its signature tells which it is.
   * A plus in a path is a blank to OSS, as the SDK for Go writes it (conn.go, getURL: url.QueryEscape); all SDKs escape one
   * that is meant.
   * @throws StoreError InvalidUri
   */
  addressesOf({ raw, resourcePath }: HttpRequest): [Address, ...Address[]] {
    const path = resourcePath.replaceAll('+', '%20')
    const byPath = parseAddress(path, undefined)
    if (raw.basePath) return [byPath]
    const name = nameOf(raw.headers.host)
    const bucket = this.#bound.get(name) ?? bucketOfHost(name, this.#domains)
    if (bucket !== undefined) return [parseAddress(path, bucket)]
    const vendors = VENDOR.exec(name)?.[1]
    if (!vendors) return [byPath]
    const byHost = parseAddress(path, vendors)
    return byPath.bucket === vendors ? [byHost, byPath] : [byHost]
  }
}

function nameOf(host: string | undefined): string {
  return (host ?? '').toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
}
