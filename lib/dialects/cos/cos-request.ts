import { StoreError } from '../../errors.ts'
import type { Caller } from '../../store/model.ts'
import type { Authenticated, Content } from '../dialect.ts'
import { parseAddress, type Address } from '../http/address.ts'
import type { Query } from '../http/query.ts'
import type { HttpRequest } from '../http/request.ts'
import { isSecure } from '../raw.ts'
import { speaksCos } from './claim.ts'
import { bucketOfCosHost } from './hosts.ts'
import { RequestFields } from './request-fields.ts'

/** Everything that parsing an operation of COS looks at. */
export interface CosRequest {
  method: string
  address: Address
  query: Query
  /** headers, or the fields of an upload form */
  fields: RequestFields
  content: Content
  caller: Caller
  /** the transport may carry a customer's key */
  secure: boolean
  /** signed in its URL: a link that somebody may have been handed */
  presigned: boolean
  /** lower-case base host names of virtual-hosted style */
  objectDomains: readonly string[]
}

export interface BucketRequest extends CosRequest {
  bucket: string
}
export interface ObjectRequest extends BucketRequest {
  key: string
}

/** @throws StoreError InvalidUri */
export function readCosRequest(
  request: HttpRequest,
  { caller, content }: Authenticated,
  objectDomains: readonly string[],
): CosRequest {
  const { raw, query, form } = request
  return {
    method: raw.method,
    address: addressOf(request, objectDomains),
    query,
    fields: form ? RequestFields.ofForm(form) : RequestFields.ofHeaders(raw.headers),
    content,
    caller,
    secure: isSecure(raw),
    presigned: raw.headers.authorization === undefined && form === undefined && speaksCos(request),
    objectDomains,
  }
}

/** @throws StoreError InvalidUri */
export function addressOf({ raw, resourcePath }: HttpRequest, objectDomains: readonly string[]): Address {
  const virtual = raw.basePath ? undefined : bucketOfCosHost(raw.headers.host, objectDomains)
  return parseAddress(resourcePath, virtual)
}

/**
 * A whole number in the query.
 * @throws StoreError InvalidArgument
 */
export function wholeNumber(
  { query }: CosRequest,
  name: string,
  fallback: number,
  maximum = Number.MAX_SAFE_INTEGER,
): number {
  const text = query.get(name)
  if (text === undefined || text === '') return fallback
  if (!/^\d{1,10}$/.test(text))
    throw new StoreError('InvalidArgument', `${name} must be a whole number`, { argument: name, value: text })
  return Math.min(Number(text), maximum)
}
