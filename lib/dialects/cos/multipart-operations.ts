import { StoreError } from '../../errors.ts'
import { command, type Command } from '../dialect.ts'
import { formatIsoDate } from '../http/dates.ts'
import { encodePath } from '../http/percent.ts'
import type { XmlNode } from '../http/xml-write.ts'
import { crc64Of, empty, ownerNodes, quoted, versionHeader, writtenHeaders, xml } from './answers.ts'
import { wholeNumber, type ObjectRequest } from './cos-request.ts'
import { mentionsCustomerKey, readCustomerKey, TARGET } from './customer-key.ts'
import { readDescription } from './description.ts'
import { readCompletedParts } from './documents.ts'
import {
  customerKeyOf,
  encryptionHeaders,
  readEncryption,
  readPartEncryption,
  requireSameMethod,
} from './headers.ts'
import { encodingOf } from './listing.ts'
import { requireLength } from './object-operations.ts'
import { storageClassWord } from './storage-class.ts'
import { checkWriteHeaders, readContentChecks, readWriteConditions } from './write-headers.ts'

const MAX_PARTS = 1000
/** Every part but the last (document 436/7750): 1 MB, which is also the size the SDKs cut by. */
const MIN_PART_BYTES = 2 ** 20

/** The upload and part that the query names. @throws StoreError InvalidArgument */
export function requireUpload(request: ObjectRequest): { uploadId: string; partNumber: number } {
  const text = request.query.get('partNumber') ?? ''
  const partNumber = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (partNumber < 1 || partNumber > 10_000)
    throw new StoreError('InvalidArgument', 'partNumber must be a whole number from 1 to 10000', {
      argument: 'partNumber',
      value: text,
    })
  return { uploadId: requireUploadId(request), partNumber }
}

function requireUploadId({ query }: ObjectRequest): string {
  const uploadId = query.get('uploadId')
  if (uploadId) return uploadId
  throw new StoreError('InvalidArgument', 'uploadId is missing', { argument: 'uploadId' })
}

export function createMultipartUpload(request: ObjectRequest): Command {
  const { bucket, key, fields } = request
  checkWriteHeaders(fields)
  const encryption = readEncryption(request)
  return command(
    {
      name: 'CreateMultipartUpload',
      bucket,
      key,
      ...readDescription(request),
      encryption,
      checksumAlgorithm: 'crc64ecma',
      checksumType: 'FULL_OBJECT',
    },
    (created) =>
      xml(
        'InitiateMultipartUploadResult',
        [
          ['Bucket', bucket],
          ['Key', key],
          ['UploadId', created.uploadId],
        ],
        encryptionHeaders(created.encryption, customerKeyOf(encryption)),
      ),
  )
}

export function uploadPart(request: ObjectRequest): Command {
  const { bucket, key, fields, content } = request
  const { customerKey, method } = readPartEncryption(request)
  return command(
    {
      name: 'UploadPart',
      bucket,
      key,
      ...requireUpload(request),
      body: content.body,
      contentLength: requireLength(content.length),
      checks: readContentChecks(fields),
      ...(customerKey && { customerKey }),
    },
    (written) => {
      requireSameMethod(method, written.encryption)
      return empty(200, writtenHeaders(written, customerKey))
    },
  )
}

export async function completeMultipartUpload(request: ObjectRequest): Promise<Command> {
  const { bucket, key, fields, secure } = request
  const uploadId = requireUploadId(request)
  const customerKey = mentionsCustomerKey(fields, TARGET)
    ? readCustomerKey(fields, TARGET, secure)
    : undefined
  return command(
    {
      name: 'CompleteMultipartUpload',
      bucket,
      key,
      uploadId,
      parts: await readCompletedParts(request),
      minimumPartBytes: MIN_PART_BYTES,
      conditions: readWriteConditions(fields),
      ...(customerKey && { customerKey }),
    },
    (written) => {
      const crc64 = crc64Of(written.checksums)
      return xml(
        'CompleteMultipartUploadResult',
        [
          ['Location', `/${bucket}/${encodePath(key)}`],
          ['Bucket', bucket],
          ['Key', key],
          ['ETag', quoted(written.etag)],
          ...(crc64 === undefined ? [] : ([['CRC64', crc64]] as XmlNode[])),
          ...(written.versionId === undefined ? [] : ([['VersionId', written.versionId]] as XmlNode[])),
        ],
        {
          ...(crc64 !== undefined && { 'x-cos-hash-crc64ecma': crc64 }),
          ...encryptionHeaders(written.encryption, customerKey),
          ...versionHeader(written),
        },
      )
    },
  )
}

export function abortMultipartUpload(request: ObjectRequest): Command {
  const { bucket, key } = request
  return command({ name: 'AbortMultipartUpload', bucket, key, uploadId: requireUploadId(request) }, () =>
    empty(204),
  )
}

/** What a client asks to go on with an upload after it broke off. */
export function listParts(request: ObjectRequest): Command {
  const { bucket, key, fields, secure, caller, query } = request
  const { encode, nodes } = encodingOf(query)
  const uploadId = requireUploadId(request)
  const after = wholeNumber(request, 'part-number-marker', 0)
  const limit = wholeNumber(request, 'max-parts', MAX_PARTS, MAX_PARTS)
  const customerKey = mentionsCustomerKey(fields, TARGET)
    ? readCustomerKey(fields, TARGET, secure)
    : undefined
  return command(
    { name: 'ListParts', bucket, key, uploadId, after, limit, ...(customerKey && { customerKey }) },
    (result) =>
      xml('ListPartsResult', [
        ['Bucket', bucket],
        ...nodes,
        ['Key', encode(key)],
        ['UploadId', uploadId],
        [
          'Initiator',
          [
            ['ID', result.initiator],
            ['DisplayName', result.initiator],
          ],
        ],
        ['Owner', ownerNodes(caller)],
        ['PartNumberMarker', after],
        ...result.parts.map((part): XmlNode => [
          'Part',
          [
            ['PartNumber', part.number],
            ['LastModified', formatIsoDate(part.lastModified)],
            ['ETag', quoted(part.etag)],
            ['Size', part.size],
          ],
        ]),
        ['StorageClass', storageClassWord(result.storageClass)],
        ['MaxParts', limit],
        ['IsTruncated', result.next !== undefined],
        ...(result.next === undefined ? [] : ([['NextPartNumberMarker', result.next]] as XmlNode[])),
      ]),
  )
}
