import { StoreError } from '../../errors.ts'
import type { Caller } from '../../store/model.ts'
import type { Authenticated, Content } from '../dialect.ts'
import { parseAddress, bucketOfHost, type Address } from '../http/address.ts'
import { encodePath } from '../http/percent.ts'
import type { HttpRequest } from '../http/request.ts'
import type { Query } from '../http/query.ts'
import { isSecure, type RawRequest } from '../raw.ts'
import { RequestHeaders } from './request-headers.ts'

/** Everything that parsing an S3 operation looks at. */
export interface AwsRequest {
  method: string
  address: Address
  query: Query
  headers: RequestHeaders
  content: Content
  caller: Caller
  /** the transport may carry a customer's key */
  secure: boolean
  /** where the keys of its bucket begin, as the client reached it: absolute, unless it named no host */
  base: string
}

/** @throws StoreError InvalidUri */
export function readAwsRequest(
  request: HttpRequest,
  authenticated: Authenticated,
  domains: readonly string[],
): AwsRequest {
  const { raw, query } = request
  const { caller, content } = authenticated
  const virtual = virtualBucket(request, domains)
  const address = parseAddress(request.resourcePath, virtual)
  return {
    method: raw.method,
    address,
    query,
    headers: new RequestHeaders(request, caller.kind === 'member'),
    content,
    caller,
    secure: isSecure(raw),
    base: baseOf(raw, address, virtual !== undefined),
  }
}

/** @throws StoreError InvalidUri */
export function addressOf(request: HttpRequest, domains: readonly string[]): Address {
  return parseAddress(request.resourcePath, virtualBucket(request, domains))
}

function virtualBucket({ raw }: HttpRequest, domains: readonly string[]): string | undefined {
  return raw.basePath ? undefined : bucketOfHost(raw.headers.host, domains)
}

function baseOf(
  { basePath = '', headers: { host }, secure }: RawRequest,
  { bucket = '' }: Address,
  hostNamesBucket: boolean,
): string {
  const origin = host ? `${secure ? 'https' : 'http'}://${host}${basePath}` : ''
  return hostNamesBucket ? `${origin}/` : `${origin}/${encodePath(bucket)}/`
}

/** An AWS request whose URL names a bucket or an object. */
export interface BucketRequest extends AwsRequest {
  bucket: string
}
export interface ObjectRequest extends BucketRequest {
  key: string
}

/**
 * A whole number in the query.
 * @throws StoreError InvalidArgument
 */
export function wholeNumber(
  text: string | undefined,
  name: string,
  fallback: number,
  maximum = Number.MAX_SAFE_INTEGER,
): number {
  if (text === undefined || text === '') return fallback
  if (!/^\d{1,10}$/.test(text))
    throw new StoreError('InvalidArgument', `Argument ${name} must be an integer between 0 and 2147483647`, {
      argument: name,
      value: text,
    })
  return Math.min(Number(text), maximum)
}
