import { StoreError } from '../../errors.ts'
import type { CustomerKey } from '../../store/encryption-model.ts'
import type { WriteConditions } from '../../store/model.ts'
import type {
  DeletedObject,
  GetObject,
  ReadConditions,
  ReadResult,
  Results,
  Written,
} from '../../store/operations.ts'
import { command, type Command } from '../dialect.ts'
import { responseOverrides } from '../http/response-overrides.ts'
import { formatHttpDate, parseHttpDate } from '../http/dates.ts'
import { parseEtags, unquoteEtag } from '../http/etags.ts'
import { expirationHeader } from '../http/expiration-header.ts'
import { contentRange, readRange } from '../http/range.ts'
import type { XmlNode } from '../http/xml-write.ts'
import type { RawResponse } from '../raw.ts'
import { readObjectAcl } from './acl.ts'
import { empty, quoted, xml } from './answers.ts'
import type { BucketRequest, ObjectRequest } from './aws-request.ts'
import { checksumHeaders, readUpload } from './checksums.ts'
import { readDelete } from './documents.ts'
import { afterBucketExists } from './bucket-operations.ts'
import { errorWords } from './errors.ts'
import { customerKeyOf, encryptionHeaders, readCustomerKey, readEncryption } from './headers.ts'
import { metadataHeaders, readMetadata } from './metadata.ts'
import { lockHeaders, readBypass, readVouchedLock } from './object-lock.ts'
import type { RequestHeaders } from './request-headers.ts'
import { restoreHeader } from './restore.ts'
import { readStorageClass, storageClassWord } from './storage-class.ts'
import { readTags } from './tag-rules.ts'
import { readVersion, versionHeaders } from './versions.ts'
import { checkWriteHeaders } from './write-headers.ts'

export function putObject(request: ObjectRequest): Command {
  const { bucket, key, headers, content, secure } = request
  checkWriteHeaders(headers)
  const encryption = readEncryption(headers, secure)
  return command(
    {
      name: 'PutObject',
      bucket,
      key,
      ...readUpload(headers, content),
      contentLength: requireLength(content.length),
      metadata: readMetadata(headers),
      storageClass: readStorageClass(headers) ?? 'STANDARD',
      tags: readTags(headers),
      encryption,
      conditions: readWriteConditions(headers),
      acl: readObjectAcl(headers, request.caller),
      ...readVouchedLock(request),
    },
    (written) => empty(200, writtenHeaders(written, customerKeyOf(encryption))),
  )
}

/** S3 wants to know the size of what it is to store (S3 API reference, PutObject). @throws StoreError MissingContentLength */
export function requireLength(length: number | undefined): number {
  if (length === undefined)
    throw new StoreError('MissingContentLength', 'You must provide the Content-Length HTTP header.')
  return length
}

export function writtenHeaders(
  written: Written,
  customerKey: CustomerKey | undefined,
): Record<string, string> {
  return {
    etag: quoted(written.etag),
    ...checksumHeaders(written.checksums),
    ...encryptionHeaders(written.encryption, customerKey),
    ...versionHeaders(written),
    ...expirationHeader('x-amz-expiration', written.expiration),
  }
}

/** @throws StoreError NotImplemented for what S3 does not know either: If-None-Match with a tag */
export function readWriteConditions(headers: RequestHeaders): WriteConditions {
  const ifNoneMatch = headers.sent('if-none-match')
  const ifMatch = headers.sent('if-match')
  if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== '*')
    throw new StoreError(
      'NotImplemented',
      'A header you provided implies functionality that is not implemented: If-None-Match with an ETag',
    )
  return {
    ...(ifNoneMatch !== undefined && { ifAbsent: true }),
    ...(ifMatch !== undefined && { ifMatch: unquoteEtag(ifMatch) }),
  }
}

/** @param prefix 'x-amz-copy-source-' for the source of a copy */
export function readReadConditions(headers: RequestHeaders, prefix = ''): ReadConditions {
  const read = (name: string): string | undefined =>
    prefix === '' ? headers.sent(name) : headers.get(prefix + name)
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

export function getObject(request: ObjectRequest): Command {
  const target = readTarget(request)
  const overrides = responseOverrides(request)
  return command({ name: 'GetObject', ...target }, (result) => ({
    ...readAnswer(result, request.headers, target, overrides),
    body: result.body,
  }))
}

export function headObject(request: ObjectRequest): Command {
  const target = readTarget(request)
  const overrides = responseOverrides(request)
  return command({ name: 'HeadObject', ...target }, (result) =>
    readAnswer(result, request.headers, target, overrides),
  )
}

type ReadTarget = Omit<GetObject, 'name'>

function readTarget({ bucket, key, headers, query, secure }: ObjectRequest): ReadTarget {
  const customerKey = readCustomerKey(headers, secure)
  const range = readRange((name) => headers.sent(name))
  const partNumber = readPartNumber(query.get('partNumber'))
  if (range !== undefined && partNumber !== undefined)
    throw new StoreError('InvalidRequest', 'Cannot specify both Range header and partNumber query parameter')
  return {
    bucket,
    key,
    ...readVersion(query),
    conditions: readReadConditions(headers),
    ...(range && { range }),
    ...(partNumber !== undefined && { partNumber }),
    ...(customerKey && { customerKey }),
  }
}

export function readPartNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (number < 1 || number > 10_000)
    throw new StoreError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive', {
      argument: 'partNumber',
      value: text,
    })
  return number
}

function readAnswer(
  result: ReadResult,
  headers: RequestHeaders,
  { customerKey, partNumber }: ReadTarget,
  overrides: Record<string, string>,
): RawResponse {
  const { object, range, length } = result
  // a checksum describes the whole object; SDKs compare it with whatever bytes they get
  const whole = range === undefined && length === object.size
  const wantsChecksum = whole && headers.get('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED'
  const tags = Object.keys(object.tags).length
  const storageClass = storageClassWord(object.storageClass)
  return {
    status: range ? 206 : 200,
    headers: {
      'accept-ranges': 'bytes',
      'last-modified': formatHttpDate(object.lastModified),
      etag: quoted(object.etag),
      ...metadataHeaders(object.metadata),
      ...encryptionHeaders(object.encryption, customerKey),
      ...contentRange(range, object.size),
      ...(object.multipart && partNumber !== undefined && { 'x-amz-mp-parts-count': object.partCount }),
      ...(storageClass !== 'STANDARD' && { 'x-amz-storage-class': storageClass }),
      ...(tags > 0 && { 'x-amz-tagging-count': tags }),
      ...versionHeaders(result),
      ...expirationHeader('x-amz-expiration', result.expiration),
      ...restoreHeader(object.restore),
      ...lockHeaders(object),
      ...(wantsChecksum && checksumHeaders(object.checksums)),
      ...overrides,
      // after Content-Disposition: once Node knows a length, it reads that header's UTF-8 bytes as text and refuses them
      'content-length': length,
    },
    body: null,
  }
}

export function deleteObject({ bucket, key, headers, query }: ObjectRequest): Command {
  if (headers.has('x-amz-if-match-last-modified-time') || headers.has('x-amz-if-match-size'))
    throw new StoreError('NotImplemented', 'Conditions on time and size are not implemented.')
  const conditions = readWriteConditions(headers)
  return command(
    { name: 'DeleteObject', bucket, key, ...readVersion(query), conditions, ...readBypass(headers) },
    (deleted) => empty(204, versionHeaders(deleted)),
  )
}

export async function deleteObjects(request: BucketRequest): Promise<Command> {
  const { bucket } = request
  let wanted
  try {
    wanted = await readDelete(request)
  } catch (error) {
    return afterBucketExists(bucket, error)
  }
  const { objects, quiet } = wanted
  return command(
    { name: 'DeleteObjects', bucket, objects, quiet, ...readBypass(request.headers) },
    ({ deleted, failed }) =>
      xml('DeleteResult', [...(quiet ? [] : deleted.map(deletedNode)), ...failed.map(failedNode)]),
  )
}

function deletedNode({ key, versionId, deleteMarker, deleteMarkerVersionId }: DeletedObject): XmlNode {
  const nodes: XmlNode[] = [['Key', key]]
  if (versionId !== undefined) nodes.push(['VersionId', versionId])
  if (deleteMarker) nodes.push(['DeleteMarker', true])
  if (deleteMarkerVersionId !== undefined) nodes.push(['DeleteMarkerVersionId', deleteMarkerVersionId])
  return ['Deleted', nodes]
}

function failedNode({ key, versionId, error }: Results['DeleteObjects']['failed'][number]): XmlNode {
  const { code, message } = errorWords(error)
  const named: XmlNode[] =
    versionId === undefined
      ? [['Key', key]]
      : [
          ['Key', key],
          ['VersionId', versionId],
        ]
  return ['Error', [...named, ['Code', code], ['Message', message]]]
}
