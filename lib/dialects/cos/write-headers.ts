import { StoreError } from '../../errors.ts'
import type { ReadConditions } from '../../store/operations.ts'
import type { ContentChecks } from '../../store/operations.ts'
import type { WriteConditions } from '../../store/model.ts'
import { parseHttpDate } from '../http/dates.ts'
import { parseEtags, unquoteEtag } from '../http/etags.ts'
import { decodeBase64 } from '../http/text.ts'
import type { RequestFields } from './request-fields.ts'

/** What every object of COS keeps, whatever its method: the SDKs compare it. */
export const KEPT = ['crc64ecma'] as const

/**
 * Headers that ask for something which does not exist here (yet). Ignoring one would store an object less protected, or
 * otherwise, than its writer believes.
 * @throws StoreError NotImplemented
 */
export function checkWriteHeaders(fields: RequestFields): void {
  if (fields.startingWith('x-cos-object-lock-').length > 0)
    throw notImplemented('Object lock through COS headers is not implemented.')
  if (fields.get('pic-operations') !== undefined) throw notImplemented('Data processing is not implemented.')
}

function notImplemented(message: string): StoreError {
  return new StoreError('NotImplemented', message)
}

/** @throws StoreError InvalidDigest */
export function readContentChecks(fields: RequestFields): ContentChecks {
  const value = fields.get('content-md5')
  if (value === undefined) return {}
  const md5 = decodeBase64(value, 16)
  if (md5 === undefined)
    throw new StoreError('InvalidDigest', 'The Content-MD5 you specified was invalid.', { contentMd5: value })
  return { md5 }
}

/** @throws StoreError NotImplemented */
export function readWriteConditions(fields: RequestFields): WriteConditions {
  const ifNoneMatch = fields.get('if-none-match')
  const ifMatch = fields.get('if-match')
  if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== '*')
    throw notImplemented('If-None-Match with an ETag is not implemented for writes.')
  const forbidden = fields.get('x-cos-forbid-overwrite')?.toLowerCase() === 'true'
  return {
    ...((ifNoneMatch !== undefined || forbidden) && { ifAbsent: true }),
    ...(ifMatch !== undefined && { ifMatch: unquoteEtag(ifMatch) }),
  }
}

/** @param prefix `x-cos-copy-source-` for the source of a copy */
export function readReadConditions(fields: RequestFields, prefix = ''): ReadConditions {
  const read = (name: string): string | undefined => fields.get(prefix + name)
  const ifMatch = parseEtags(read('if-match'))
  const ifNoneMatch = parseEtags(read('if-none-match'))
  const ifModifiedSince = parseHttpDate(read('if-modified-since') ?? '')
  const ifUnmodifiedSince = parseHttpDate(read('if-unmodified-since') ?? '')
  return {
    ...(ifMatch && { ifMatch }),
    ...(ifNoneMatch && { ifNoneMatch }),
    ...(ifModifiedSince !== undefined && { ifModifiedSince }),
    ...(ifUnmodifiedSince !== undefined && { ifUnmodifiedSince }),
  }
}
