import { StoreError } from '../../errors.ts'
import type { Caller } from '../../store/model.ts'
import type { Authenticated, Content } from '../dialect.ts'
import { parseAddress, bucketOfHost, type Address } from '../http/address.ts'
import type { HttpRequest } from '../http/request.ts'
import type { Query } from '../http/query.ts'
import { isSecure } from '../raw.ts'
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
}

/** @throws StoreError InvalidUri */
export function readAwsRequest(
  request: HttpRequest,
  authenticated: Authenticated,
  domains: readonly string[],
): AwsRequest {
  const { raw, query } = request
  const { caller, content } = authenticated
  return {
    method: raw.method,
    address: addressOf(request, domains),
    query,
    headers: new RequestHeaders(request, caller.kind === 'member'),
    content,
    caller,
    secure: isSecure(raw),
  }
}

/** @throws StoreError InvalidUri */
export function addressOf({ raw, resourcePath }: HttpRequest, domains: readonly string[]): Address {
  const virtual = raw.basePath ? undefined : bucketOfHost(raw.headers.host, domains)
  return parseAddress(resourcePath, virtual)
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
