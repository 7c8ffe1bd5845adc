import { StoreError } from '../../errors.ts'
import type { GetObject, ReadResult } from '../../store/operations.ts'
import { command, type Command } from '../dialect.ts'
import { responseOverrides } from '../http/response-overrides.ts'
import { formatHttpDate } from '../http/dates.ts'
import { expirationHeader } from '../http/expiration-header.ts'
import { contentRange, readRange } from '../http/range.ts'
import type { RawResponse } from '../raw.ts'
import { crc64Header, empty, quoted, versionHeader, writtenHeaders } from './answers.ts'
import type { ObjectRequest } from './cos-request.ts'
import { readDescription } from './description.ts'
import { readDocument } from './documents.ts'
import { customerKeyOf, encryptionHeaders, readEncryption, readReadingKey } from './headers.ts'
import { metadataHeaders } from './metadata.ts'
import { storageClassWord } from './storage-class.ts'
import {
  checkWriteHeaders,
  KEPT,
  readContentChecks,
  readReadConditions,
  readWriteConditions,
} from './write-headers.ts'
import { childOf, malformed, textOf } from '../http/xml-read.ts'

export function putObject(request: ObjectRequest): Command {
  const { bucket, key, fields, content } = request
  checkWriteHeaders(fields)
  const encryption = readEncryption(request)
  return command(
    {
      name: 'PutObject',
      bucket,
      key,
      body: content.body,
      contentLength: requireLength(content.length),
      ...readDescription(request),
      encryption,
      checks: readContentChecks(fields),
      keep: KEPT,
      conditions: readWriteConditions(fields),
    },
    (written) => empty(200, writtenHeaders(written, customerKeyOf(encryption))),
  )
}

/** @throws StoreError MissingContentLength */
export function requireLength(length: number | undefined): number {
  if (length === undefined)
    throw new StoreError('MissingContentLength', 'You must provide the Content-Length HTTP header.')
  return length
}

export function getObject(request: ObjectRequest): Command {
  const target = readTarget(request)
  const overrides = responseOverrides(request)
  return command({ name: 'GetObject', ...target }, (result) => ({
    ...readAnswer(result, target, overrides),
    body: result.body,
  }))
}

export function headObject(request: ObjectRequest): Command {
  const target = readTarget(request)
  const overrides = responseOverrides(request)
  return command({ name: 'HeadObject', ...target }, (result) => readAnswer(result, target, overrides))
}

type ReadTarget = Omit<GetObject, 'name'>

function readTarget(request: ObjectRequest): ReadTarget {
  const { bucket, key, fields } = request
  const customerKey = readReadingKey(request)
  const range = readRange((name) => fields.get(name))
  return {
    bucket,
    key,
    conditions: readReadConditions(fields),
    ...versionOf(request),
    ...(range && { range }),
    ...(customerKey && { customerKey }),
  }
}

/** Without versions, COS's SDKs may send an empty id; it names none. */
export function versionOf({ query }: ObjectRequest): { versionId?: string } {
  const versionId = query.get('versionId')
  return versionId ? { versionId } : {}
}

function readAnswer(
  result: ReadResult,
  { customerKey }: ReadTarget,
  overrides: Record<string, string>,
): RawResponse {
  const { object, range, length } = result
  const storageClass = storageClassWord(object.storageClass)
  const tags = Object.keys(object.tags).length
  return {
    status: range ? 206 : 200,
    headers: {
      'accept-ranges': 'bytes',
      'last-modified': formatHttpDate(object.lastModified),
      etag: quoted(object.etag),
      ...metadataHeaders(object.metadata),
      // of the whole object, also with a range, as COS answers; SDKs compare it with whole downloads only
      ...crc64Header(object.checksums),
      ...encryptionHeaders(object.encryption, customerKey),
      ...contentRange(range, object.size),
      ...(storageClass !== 'STANDARD' && { 'x-cos-storage-class': storageClass }),
      ...restoreHeader(object),
      ...(tags > 0 && { 'x-cos-tagging-count': tags }),
      'x-cos-object-type': object.type === 'appendable' ? 'appendable' : 'normal',
      ...(object.type === 'appendable' && { 'x-cos-next-append-position': object.size }),
      ...versionHeader(result),
      ...expirationHeader('x-cos-expiration', result.expiration),
      ...overrides,
      // after Content-Disposition: once Node knows a length, it reads that header's UTF-8 bytes as text and refuses them
      'content-length': length,
    },
    body: null,
  }
}

function restoreHeader({ restore }: ReadResult['object']): Record<string, string> {
  if (restore === undefined) return {}
  const value = restore.ongoing
    ? 'ongoing-request="true"'
    : `ongoing-request="false", expiry-date="${formatHttpDate(restore.expiresAt)}"`
  return { 'x-cos-restore': value, 'x-cos-restore-status': restore.ongoing ? 'ongoing' : 'restored' }
}

export function deleteObject(request: ObjectRequest): Command {
  const { bucket, key } = request
  return command({ name: 'DeleteObject', bucket, key, conditions: {}, ...versionOf(request) }, (deleted) =>
    empty(204, {
      ...versionHeader(deleted),
      ...(deleted.deleteMarker && { 'x-cos-delete-marker': 'true' }),
    }),
  )
}

const TIERS: ReadonlyMap<string, 'Standard' | 'Bulk' | 'Expedited'> = new Map([
  ['standard', 'Standard'],
  ['bulk', 'Bulk'],
  ['expedited', 'Expedited'],
])

/** `<RestoreRequest><Days>3</Days><CASJobParameters><Tier>Standard</Tier>…` (document 436/12633). */
export async function restoreObject(request: ObjectRequest): Promise<Command> {
  const { bucket, key } = request
  const document = await readDocument(request, 'RestoreRequest')
  const parameters = childOf(document, 'CASJobParameters')
  const word = parameters && textOf(parameters, 'Tier')?.trim()
  const tier = TIERS.get((word || 'Standard').toLowerCase())
  const days = textOf(document, 'Days')?.trim() ?? ''
  if (tier === undefined || !/^\d{1,4}$/.test(days)) throw malformed()
  return command(
    { name: 'RestoreObject', bucket, key, days: Number(days), tier, ...versionOf(request) },
    (result) => empty(result.restored ? 200 : 202, versionHeader(result)),
  )
}
