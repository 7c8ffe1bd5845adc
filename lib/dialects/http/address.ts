import { StoreError } from '../../errors.ts'
import { decodePercent } from './percent.ts'

/** What a URL points at: the service (neither), a bucket, or an object. */
export interface Address {
  bucket?: string
  key?: string
}

/**
 * Reads bucket and key from a path that was neither decoded nor normalised. The bucket ends at the first slash
 * of the *raw* path, so an escaped slash cannot move the border between bucket and key.
 * @param virtualBucket the bucket named by the host, if any
 * @throws StoreError InvalidUri
 */
export function parseAddress(rawPath: string, virtualBucket: string | undefined): Address {
  if (!rawPath.startsWith('/')) throw new StoreError('InvalidUri', "Couldn't parse the specified URI.")
  if (virtualBucket !== undefined) return addressOf(virtualBucket, rawPath.slice(1))
  if (rawPath === '/') return {}
  const slash = rawPath.indexOf('/', 1)
  if (slash < 0) return { bucket: decodePercent(rawPath.slice(1)) }
  return addressOf(decodePercent(rawPath.slice(1, slash)), rawPath.slice(slash + 1))
}

function addressOf(bucket: string, rawKey: string): Address {
  return rawKey === '' ? { bucket } : { bucket, key: decodePercent(rawKey) }
}

/**
 * The bucket of a virtual-hosted request (`<bucket>.<domain>[:port]`), or undefined for path style.
 * @param domains lower-case base host names; `localhost` is always understood
 */
export function bucketOfHost(host: string | undefined, domains: readonly string[]): string | undefined {
  if (host === undefined) return undefined
  const name = host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
  const matching = [...domains, 'localhost'].filter((domain) => name.endsWith(`.${domain}`))
  if (matching.length === 0) return undefined
  const longest = matching.reduce((a, b) => (b.length > a.length ? b : a))
  return name.slice(0, -longest.length - 1) || undefined
}
