import { StoreError } from '../../errors.ts'
import type { WriteConditions } from '../../store/model.ts'
import type { ContentChecks, ReadConditions } from '../../store/operations.ts'
import { parseHttpDate } from '../http/dates.ts'
import { parseEtags } from '../http/etags.ts'
import { decodeBase64 } from '../http/text.ts'
import type { RequestFields } from './request-fields.ts'

/**
 * Headers that ask for something which does not exist here. Passing over one would store an object other than its writer
 * believes, or leave undone what he counts on.
 * @throws StoreError NotImplemented
 */
export function checkWriteHeaders(fields: RequestFields): void {
  if (fields.nonEmpty('x-oss-callback') !== undefined || fields.nonEmpty('callback') !== undefined)
    throw new StoreError('NotImplemented', 'Callbacks are not implemented.')
}

/** @throws StoreError InvalidDigest */
export function readContentChecks(fields: RequestFields): ContentChecks {
  const value = fields.nonEmpty('content-md5')
  if (value === undefined) return {}
  const md5 = decodeBase64(value, 16)
  if (md5 === undefined)
    throw new StoreError('InvalidDigest', 'The Content-MD5 you specified is invalid.', { value })
  return { md5 }
}

/** @throws StoreError InvalidArgument */
export function readWriteConditions(fields: RequestFields): WriteConditions {
  const forbid = fields.nonEmpty('x-oss-forbid-overwrite')
  if (forbid !== undefined && !/^(?:true|false)$/i.test(forbid))
    throw new StoreError('InvalidArgument', 'x-oss-forbid-overwrite must be true or false.', {
      argument: 'x-oss-forbid-overwrite',
      value: forbid,
    })
  return forbid?.toLowerCase() === 'true' ? { ifAbsent: true } : {}
}

/** @param prefix 'x-oss-copy-source-' for the source of a copy */
export function readReadConditions(fields: RequestFields, prefix = ''): ReadConditions {
  const etags = (name: string): string[] | undefined =>
    // the store's ETags are lower-case
    parseEtags(fields.get(prefix + name))?.map((etag) => etag.toLowerCase())
  const ifMatch = etags('if-match')
  const ifNoneMatch = etags('if-none-match')
  const ifModifiedSince = parseHttpDate(fields.get(`${prefix}if-modified-since`) ?? '')
  const ifUnmodifiedSince = parseHttpDate(fields.get(`${prefix}if-unmodified-since`) ?? '')
  return {
    ...(ifMatch && { ifMatch }),
    ...(ifNoneMatch && { ifNoneMatch }),
    ...(ifModifiedSince !== undefined && { ifModifiedSince }),
    ...(ifUnmodifiedSince !== undefined && { ifUnmodifiedSince }),
  }
}
