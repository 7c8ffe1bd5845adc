import { StoreError } from '../../errors.ts'
import type { ObjectChecksum } from '../../store/model.ts'
import type { Results } from '../../store/operations.ts'
import { command, type Command } from '../dialect.ts'
import { expirationHeader } from '../http/expiration-header.ts'
import { formatIsoDate } from '../http/dates.ts'
import { encodePath } from '../http/percent.ts'
import type { XmlNode } from '../http/xml-write.ts'
import { readObjectAcl } from './acl.ts'
import { empty, quoted, xml } from './answers.ts'
import { wholeNumber, type ObjectRequest } from './aws-request.ts'
import {
  checksumElement,
  checksumWord,
  isOfS3,
  ofS3,
  parseAlgorithm,
  parseChecksumType,
  readChecksumHeader,
  readUpload,
} from './checksums.ts'
import { readCompletedParts } from './documents.ts'
import { customerKeyOf, encryptionHeaders, readCustomerKey, readEncryption } from './headers.ts'
import { readMetadata } from './metadata.ts'
import { readPartNumber, readWriteConditions, requireLength, writtenHeaders } from './object-operations.ts'
import { readLock } from './object-lock.ts'
import { ownerNode } from './owner.ts'
import { readStorageClass, storageClassWord } from './storage-class.ts'
import { readTags } from './tag-rules.ts'
import { versionHeaders } from './versions.ts'
import { checkWriteHeaders } from './write-headers.ts'

const MAX_PARTS = 1000

/** The upload and part that the query names. @throws StoreError InvalidArgument */
export function requireUpload({ query }: ObjectRequest): { uploadId: string; partNumber: number } {
  const partNumber = readPartNumber(query.get('partNumber') ?? '')
  return { uploadId: requireUploadId(query.get('uploadId')), partNumber: partNumber! }
}

function requireUploadId(uploadId: string | undefined): string {
  if (uploadId) return uploadId
  throw new StoreError(
    'InvalidArgument',
    'This operation does not accept a query-string without an uploadId.',
    { argument: 'uploadId' },
  )
}

export function createMultipartUpload(request: ObjectRequest): Command {
  const { bucket, key, headers, secure } = request
  checkWriteHeaders(headers)
  const encryption = readEncryption(headers, secure)
  const checksumAlgorithm = parseAlgorithm(headers.get('x-amz-checksum-algorithm'))
  const checksumType = parseChecksumType(headers.get('x-amz-checksum-type'))
  return command(
    {
      name: 'CreateMultipartUpload',
      bucket,
      key,
      metadata: readMetadata(headers),
      storageClass: readStorageClass(headers) ?? 'STANDARD',
      tags: readTags(headers),
      encryption,
      acl: readObjectAcl(headers, request.caller),
      ...readLock(headers),
      ...(checksumAlgorithm && { checksumAlgorithm }),
      ...(checksumType && { checksumType }),
    },
    (created) =>
      xml(
        'InitiateMultipartUploadResult',
        [
          ['Bucket', bucket],
          ['Key', key],
          ['UploadId', created.uploadId],
        ],
        {
          ...encryptionHeaders(created.encryption, customerKeyOf(encryption)),
          ...(isOfS3(created.checksumAlgorithm) && {
            'x-amz-checksum-algorithm': checksumWord(created.checksumAlgorithm),
          }),
          ...(isOfS3(created.checksumAlgorithm) && { 'x-amz-checksum-type': created.checksumType! }),
        },
      ),
  )
}

export function uploadPart(request: ObjectRequest): Command {
  const { bucket, key, headers, content, secure } = request
  const customerKey = readCustomerKey(headers, secure)
  return command(
    {
      name: 'UploadPart',
      bucket,
      key,
      ...requireUpload(request),
      ...readUpload(headers, content),
      contentLength: requireLength(content.length),
      ...(customerKey && { customerKey }),
    },
    (written) => {
      const { 'x-amz-checksum-type': _, ...rest } = writtenHeaders(written, customerKey)
      return empty(200, rest)
    },
  )
}

export async function completeMultipartUpload(request: ObjectRequest): Promise<Command> {
  const { bucket, key, headers, query, secure, base } = request
  const customerKey = readCustomerKey(headers, secure)
  const checksum = readChecksumHeader(headers, true)
  const checksumType = parseChecksumType(headers.get('x-amz-checksum-type'))
  const objectSize = headers.get('x-amz-mp-object-size')
  const uploadId = requireUploadId(query.get('uploadId'))
  return command(
    {
      name: 'CompleteMultipartUpload',
      bucket,
      key,
      uploadId,
      parts: await readCompletedParts(request),
      ...(checksum && { checksum }),
      ...(checksumType && { checksumType }),
      ...(objectSize !== undefined && { objectSize: readSize(objectSize) }),
      conditions: readWriteConditions(headers),
      ...(customerKey && { customerKey }),
    },
    (written) =>
      xml(
        'CompleteMultipartUploadResult',
        [
          ['Location', base + encodePath(key)],
          ['Bucket', bucket],
          ['Key', key],
          ['ETag', quoted(written.etag)],
          ...checksumNodes(written.checksums, true),
        ],
        // S3 does not name the customer's key here (aws-s3.md §2.2)
        {
          ...(written.encryption.mode === 'customer-key' ? {} : encryptionHeaders(written.encryption)),
          ...versionHeaders(written),
          ...expirationHeader('x-amz-expiration', written.expiration),
        },
      ),
  )
}

function readSize(text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw new StoreError('InvalidArgument', 'x-amz-mp-object-size is not a number of bytes.', {
      argument: 'x-amz-mp-object-size',
      value: text,
    })
  return Number(text)
}

export function abortMultipartUpload({ bucket, key, query }: ObjectRequest): Command {
  return command(
    { name: 'AbortMultipartUpload', bucket, key, uploadId: requireUploadId(query.get('uploadId')) },
    () => empty(204),
  )
}

export function listParts(request: ObjectRequest): Command {
  const { bucket, key, headers, query, secure, caller } = request
  const customerKey = readCustomerKey(headers, secure)
  const uploadId = requireUploadId(query.get('uploadId'))
  const after = wholeNumber(query.get('part-number-marker'), 'part-number-marker', 0)
  const limit = wholeNumber(query.get('max-parts'), 'max-parts', MAX_PARTS, MAX_PARTS)
  return command(
    { name: 'ListParts', bucket, key, uploadId, after, limit, ...(customerKey && { customerKey }) },
    (result) =>
      xml('ListPartsResult', [
        ['Bucket', bucket],
        ['Key', key],
        ['UploadId', uploadId],
        ['PartNumberMarker', after],
        ...(result.next === undefined ? [] : ([['NextPartNumberMarker', result.next]] as XmlNode[])),
        ['MaxParts', limit],
        ['IsTruncated', result.next !== undefined],
        [
          'Initiator',
          [
            ['ID', result.initiator],
            ['DisplayName', result.initiator],
          ],
        ],
        ['Owner', ownerNode(caller)],
        ['StorageClass', storageClassWord(result.storageClass)],
        ...chosenChecksumNodes(result),
        ...result.parts.map((part): XmlNode => [
          'Part',
          [
            ['PartNumber', part.number],
            ['LastModified', formatIsoDate(part.lastModified)],
            ['ETag', quoted(part.etag)],
            ['Size', part.size],
            ...checksumNodes(part.checksums, false),
          ],
        ]),
      ]),
  )
}

/** What an upload was begun with, if that has a name in S3. */
export function chosenChecksumNodes({
  checksumAlgorithm,
  checksumType,
}: Pick<Results['ListParts'], 'checksumAlgorithm' | 'checksumType'>): XmlNode[] {
  if (!isOfS3(checksumAlgorithm)) return []
  return [
    ['ChecksumAlgorithm', checksumWord(checksumAlgorithm)],
    ['ChecksumType', checksumType!],
  ]
}

/** `<ChecksumCRC32>…` and, for whole objects, the type. */
export function checksumNodes(checksums: readonly ObjectChecksum[], withType: boolean): XmlNode[] {
  return ofS3(checksums).flatMap(({ algorithm, value, type }): XmlNode[] => [
    [checksumElement(algorithm), value],
    ...(withType ? ([['ChecksumType', type]] as XmlNode[]) : []),
  ])
}
