/** A request as a door hands it over: nothing decoded, nothing rewritten. */
export interface RawRequest {
  method: string
  /** path and query exactly as on the wire */
  rawUrl: string
  /** leading part of the path that belongs to the door, not to the bucket: signed, but not parsed (`/objects`) */
  basePath?: string
  /** lower-case name → value (duplicates joined by ', '), as signed */
  headers: Readonly<Record<string, string>>
  /** names and values in turn, as they came */
  rawHeaders: readonly string[]
  /** TLS, or declared so by a trusted proxy */
  secure: boolean
  /** the client (after trusted proxies) is a loopback address */
  loopback: boolean
  remoteAddress: string
  /** it came through a port that speaks this vendor's API alone, whatever it looks like */
  vendor?: VendorPort
  /** Read at most once; a 100-continue is sent when it is first pulled. */
  body: AsyncIterable<Buffer>
  /** aborted when the client goes away */
  signal: AbortSignal
}

/** Vendors that can have a port of their own. */
export type VendorPort = 'oss' | 'cos'

/** Loopback counts as secure, as browsers treat it: no network carries the bytes. */
export function isSecure(raw: Pick<RawRequest, 'secure' | 'loopback'>): boolean {
  return raw.secure || raw.loopback
}

export interface RawResponse {
  status: number
  headers: Record<string, string | number | string[]>
  body: null | Buffer | AsyncIterable<Buffer>
}

export type Serve = (request: RawRequest) => Promise<RawResponse>
