import { StoreError } from '../../errors.ts'
import type { Caller } from '../../store/model.ts'
import type { Content } from '../dialect.ts'
import type { Address } from '../http/address.ts'
import type { Query } from '../http/query.ts'
import type { HttpRequest } from '../http/request.ts'
import type { OssAuthenticated } from './authenticate.ts'
import { RequestFields } from './request-fields.ts'

/** Everything that parsing an operation of OSS looks at. */
export interface OssRequest {
  method: string
  address: Address
  query: Query
  /** headers, or the fields of an upload form */
  fields: RequestFields
  content: Content
  caller: Caller
  /** as the client wrote it */
  host: string
}

export interface BucketRequest extends OssRequest {
  bucket: string
}
export interface ObjectRequest extends BucketRequest {
  key: string
}

/** @throws StoreError InvalidUri */
export function readOssRequest(
  { raw, query, form }: HttpRequest,
  { caller, content, address }: OssAuthenticated,
): OssRequest {
  return {
    method: raw.method,
    address,
    query,
    fields: form ? RequestFields.ofForm(form) : RequestFields.ofHeaders(raw.headers),
    content,
    caller,
    host: raw.headers.host ?? '',
  }
}

/**
 * A whole number in the query.
 * @throws StoreError InvalidArgument
 */
export function wholeNumber(
  { query }: OssRequest,
  name: string,
  fallback: number,
  { minimum = 0, maximum = 2147483647 } = {},
): number {
  const text = query.get(name)
  if (text === undefined || text === '') return fallback
  const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN
  if (!(number >= minimum && number <= maximum))
    throw new StoreError(
      'InvalidArgument',
      `Argument ${name} must be an integer between ${minimum} and ${maximum}.`,
      {
        argument: name,
        value: text,
      },
    )
  return number
}

/** The version that a request names; an empty id names none. */
export function versionOf({ query }: OssRequest): { versionId?: string } {
  const versionId = query.get('versionId')
  return versionId ? { versionId } : {}
}

/** undefined: in chunks, of a length that the client does not know himself (oss2, an iterator). @throws StoreError MissingContentLength */
export function announcedLength({ content, fields }: OssRequest): number | undefined {
  if (content.length === undefined && !fields.has('transfer-encoding'))
    throw new StoreError('MissingContentLength', 'You must provide the Content-Length HTTP header.')
  return content.length
}
