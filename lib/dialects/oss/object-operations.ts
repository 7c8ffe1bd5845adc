import { isStoreError, StoreError } from '../../errors.ts'
import type { GetObject, ObjectInfo, ObjectSummary, ReadResult } from '../../store/operations.ts'
import { command, type Command } from '../dialect.ts'
import { responseOverrides } from '../http/response-overrides.ts'
import { formatHttpDate } from '../http/dates.ts'
import { expirationHeader } from '../http/expiration-header.ts'
import { contentRange, readRange } from '../http/range.ts'
import { childOf, malformed } from '../http/xml-read.ts'
import type { RawResponse } from '../raw.ts'
import { NEXT_POSITION } from './append.ts'
import { crc64Header, empty, KEPT, md5Header, quoted, versionHeaders, writtenHeaders } from './answers.ts'
import { readDescription } from './description.ts'
import { readDocument, trimmed } from './documents.ts'
import { OssRefusal } from './errors.ts'
import { encryptionHeaders, readEncryption, refuseEncryption } from './headers.ts'
import { metadataHeaders } from './metadata.ts'
import { announcedLength, versionOf, type ObjectRequest } from './oss-request.ts'
import { storageClassWord } from './storage-class.ts'
import {
  checkWriteHeaders,
  readContentChecks,
  readReadConditions,
  readWriteConditions,
} from './write-headers.ts'

export function putObject(request: ObjectRequest): Command {
  const { bucket, key, fields, content } = request
  checkWriteHeaders(fields)
  return command(
    {
      name: 'PutObject',
      bucket,
      key,
      body: content.body,
      contentLength: announcedLength(request),
      ...readDescription(fields),
      encryption: readEncryption(fields),
      checks: readContentChecks(fields),
      ...KEPT,
      conditions: readWriteConditions(fields),
    },
    (written) => empty(200, writtenHeaders(written)),
  )
}

/**
 * A range that does not lie within the object counts for nothing in OSS: the whole is sent, unless the client asks for the
 * standard's behaviour (Aliyun, "GetObject", x-oss-range-behavior).
 */
export function getObject(request: ObjectRequest): Command {
  const target = readTarget(request)
  const overrides = responseOverrides(request)
  const range = readRange((name) => request.fields.get(name))
  const standard = request.fields.get('x-oss-range-behavior')?.toLowerCase() === 'standard'
  const whole = { name: 'GetObject', ...target } as const
  const wanted = range === undefined ? whole : { ...whole, range }
  return {
    operation: wanted,
    run: async ({ store }, caller, context) => {
      const result = await store.run(wanted, caller, context).catch((error: unknown) => {
        if (standard || !isStoreError(error) || error.code !== 'InvalidRange') throw error
        return undefined
      })
      const answer = (read: NonNullable<typeof result>): RawResponse => ({
        ...readAnswer(read, overrides),
        body: read.body,
      })
      if (result !== undefined && (standard || !wasCut(wanted, result))) return answer(result)
      await result?.body[Symbol.asyncIterator]().return?.()
      return answer(await store.run(whole, caller, context))
    },
  }
}

function wasCut({ range }: GetObject, { range: served }: ReadResult): boolean {
  if (range === undefined || served === undefined || 'suffix' in range) return false
  return range.endInclusive !== undefined && range.endInclusive > served.endInclusive
}

export function headObject(request: ObjectRequest): Command {
  const overrides = responseOverrides(request)
  return command({ name: 'HeadObject', ...readTarget(request) }, (result) => readAnswer(result, overrides))
}

/** Less than HEAD, and cheap (Aliyun, "GetObjectMeta"). */
export function getObjectMeta(request: ObjectRequest): Command {
  return command({ name: 'HeadObject', ...readTarget(request) }, (result) => ({
    status: 200,
    headers: {
      etag: quoted(result.object.etag),
      'last-modified': formatHttpDate(result.object.lastModified),
      ...crc64Header(result.object.checksums),
      ...versionHeaders(result),
      'content-length': result.object.size,
    },
    body: null,
  }))
}

type ReadTarget = Omit<GetObject, 'name' | 'range'>

function readTarget(request: ObjectRequest): ReadTarget {
  const { bucket, key, fields, query } = request
  refuseEncryption(fields)
  if (query.has('x-oss-process') || query.has('x-oss-async-process'))
    throw new StoreError('NotImplemented', 'Processing of objects is not implemented.')
  return { bucket, key, conditions: readReadConditions(fields), ...versionOf(request) }
}

function readAnswer(result: ReadResult, overrides: Record<string, string>): RawResponse {
  const { object, range, length } = result
  const tags = Object.keys(object.tags).length
  return {
    status: range ? 206 : 200,
    headers: {
      'accept-ranges': 'bytes',
      'last-modified': formatHttpDate(object.lastModified),
      etag: quoted(object.etag),
      ...metadataHeaders(object.metadata),
      'x-oss-object-type': typeOf(object),
      ...(object.type === 'appendable' && { [NEXT_POSITION]: object.size }),
      'x-oss-storage-class': storageClassWord(object.storageClass),
      // of the whole object, also with a range, as OSS answers; SDKs compare it with whole downloads only
      ...crc64Header(object.checksums),
      ...(range === undefined && md5Header(object.checksums)),
      ...encryptionHeaders(object.encryption),
      ...contentRange(range, object.size),
      ...restoreHeader(object),
      ...(tags > 0 && { 'x-oss-tagging-count': tags }),
      ...versionHeaders(result),
      ...expirationHeader('x-oss-expiration', result.expiration),
      ...overrides,
      // after Content-Disposition: once Node knows a length, it reads that header's UTF-8 bytes as text and refuses them
      'content-length': length,
    },
    body: null,
  }
}

/** Only ETags of multipart uploads have a dash. */
export function typeOf({ etag, type }: ObjectSummary): 'Normal' | 'Multipart' | 'Appendable' | 'Symlink' {
  if (type !== undefined) return type === 'appendable' ? 'Appendable' : 'Symlink'
  return etag.includes('-') ? 'Multipart' : 'Normal'
}

function restoreHeader({ restore }: ObjectInfo): Record<string, string> {
  if (restore === undefined) return {}
  return {
    'x-oss-restore': restore.ongoing
      ? 'ongoing-request="true"'
      : `ongoing-request="false", expiry-date="${formatHttpDate(restore.expiresAt)}"`,
  }
}

export function deleteObject(request: ObjectRequest): Command {
  const { bucket, key, fields } = request
  refuseEncryption(fields)
  return command({ name: 'DeleteObject', bucket, key, conditions: {}, ...versionOf(request) }, (deleted) =>
    empty(204, versionHeaders(deleted)),
  )
}

const TIERS: ReadonlySet<string> = new Set(['Standard', 'Bulk', 'Expedited'])

/** `<RestoreRequest><Days>2</Days><JobParameters><Tier>Standard</Tier>…`; a day where nothing is said (Aliyun, "RestoreObject"). */
export async function restoreObject(request: ObjectRequest): Promise<Command> {
  const { bucket, key } = request
  refuseEncryption(request.fields)
  const document = await readDocument(request, 'RestoreRequest')
  const parameters = document && childOf(document, 'JobParameters')
  const tier = (parameters && trimmed(parameters, 'Tier')) ?? 'Standard'
  const days = (document && trimmed(document, 'Days')) ?? '1'
  if (!isTier(tier) || !/^\d{1,4}$/.test(days)) throw malformed()
  const restore = {
    name: 'RestoreObject',
    bucket,
    key,
    days: Number(days),
    tier,
    ...versionOf(request),
  } as const
  return {
    operation: restore,
    run: async ({ store }, caller, context) => {
      const result = await store.run(restore, caller, context).catch((error: unknown) => {
        throw isStoreError(error) && error.code === 'InvalidObjectState' ? notArchived() : error
      })
      return empty(result.restored ? 200 : 202, versionHeaders(result))
    },
  }
}

/** To restore what is not archived is another error to OSS than to read what is (Aliyun, "RestoreObject"). */
function notArchived(): StoreError {
  return new OssRefusal(
    { status: 400, code: 'OperationNotSupported' },
    'InvalidObjectState',
    'The operation is not supported for this resource: it is not archived.',
  )
}

function isTier(word: string): word is 'Standard' | 'Bulk' | 'Expedited' {
  return TIERS.has(word)
}
