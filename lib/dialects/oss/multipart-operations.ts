import { StoreError } from '../../errors.ts'
import type { CompletedPart, CompleteMultipartUpload } from '../../store/operations.ts'
import { command, type Command } from '../dialect.ts'
import { formatIsoDate } from '../http/dates.ts'
import { unquoteEtag } from '../http/etags.ts'
import { encodePath } from '../http/percent.ts'
import { childrenOf, malformed, type XmlElement } from '../http/xml-read.ts'
import type { XmlNode } from '../http/xml-write.ts'
import {
  crc64Header,
  crc64Of,
  empty,
  md5Header,
  quoted,
  versionHeaders,
  writtenHeaders,
  xml,
} from './answers.ts'
import { readDescription } from './description.ts'
import { requireDocument, trimmed } from './documents.ts'
import { encryptionHeaders, readEncryption, refuseEncryption, refuseMethodOfPart } from './headers.ts'
import { encodingOf } from './listing.ts'
import { announcedLength, wholeNumber, type ObjectRequest } from './oss-request.ts'
import { checkWriteHeaders, readContentChecks, readWriteConditions } from './write-headers.ts'

const MAX_PARTS = 1000
const MAX_COMPLETED_PARTS = 10_000
/** All parts but the last; ali-oss cuts into 1 MiB where nobody says otherwise (Aliyun, "CompleteMultipartUpload"). */
const MIN_PART_BYTES = 100 * 1024

/** The upload and part that the query names. @throws StoreError InvalidArgument */
export function requireUpload({ query }: ObjectRequest): { uploadId: string; partNumber: number } {
  const text = query.get('partNumber') ?? ''
  const partNumber = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (partNumber < 1 || partNumber > MAX_COMPLETED_PARTS)
    throw new StoreError(
      'InvalidArgument',
      'Part number must be an integer between 1 and 10000, inclusive.',
      {
        argument: 'partNumber',
        value: text,
      },
    )
  return { uploadId: requireUploadId(query.get('uploadId')), partNumber }
}

function requireUploadId(uploadId: string | undefined): string {
  if (uploadId) return uploadId
  throw new StoreError('InvalidArgument', 'The request must name its upload by uploadId.', {
    argument: 'uploadId',
  })
}

/** InitiateMultipartUpload: the only request of an upload that chooses an encryption. */
export function createMultipartUpload(request: ObjectRequest): Command {
  const { bucket, key, fields, query } = request
  checkWriteHeaders(fields)
  const { encode, nodes } = encodingOf(query)
  return command(
    {
      name: 'CreateMultipartUpload',
      bucket,
      key,
      ...readDescription(fields),
      encryption: readEncryption(fields),
      checksumAlgorithm: 'crc64ecma',
    },
    ({ uploadId, encryption }) =>
      xml(
        'InitiateMultipartUploadResult',
        [...nodes, ['Bucket', bucket], ['Key', encode(key)], ['UploadId', uploadId]],
        encryptionHeaders(encryption),
      ),
  )
}

export function uploadPart(request: ObjectRequest): Command {
  const { bucket, key, fields, content } = request
  refuseMethodOfPart(fields)
  return command(
    {
      name: 'UploadPart',
      bucket,
      key,
      ...requireUpload(request),
      body: content.body,
      contentLength: announcedLength(request),
      checks: readContentChecks(fields),
      etag: 'md5',
    },
    (written) =>
      empty(200, {
        ...writtenHeaders(written),
        ...md5Header([
          {
            algorithm: 'md5',
            type: 'FULL_OBJECT',
            value: Buffer.from(written.etag, 'hex').toString('base64'),
          },
        ]),
      }),
  )
}

/** With `x-oss-complete-all: yes` every uploaded part, in the order of their numbers, and no document. */
export async function completeMultipartUpload(request: ObjectRequest): Promise<Command> {
  const { bucket, key, fields, query } = request
  refuseMethodOfPart(fields)
  const uploadId = requireUploadId(query.get('uploadId'))
  const all = fields.get('x-oss-complete-all')?.toLowerCase() === 'yes'
  const operation: CompleteMultipartUpload = {
    name: 'CompleteMultipartUpload',
    bucket,
    key,
    uploadId,
    parts: all ? [] : await readCompletedParts(request),
    minimumPartBytes: MIN_PART_BYTES,
    conditions: readWriteConditions(fields),
  }
  return {
    operation,
    run: async ({ store }, caller, context) => {
      const parts = all ? await uploadedParts() : operation.parts
      const written = await store.run({ ...operation, parts }, caller, context)
      return completed(request, written)

      async function uploadedParts(): Promise<CompletedPart[]> {
        const found: CompletedPart[] = []
        for (let after: number | undefined = 0; after !== undefined;) {
          const page: { parts: CompletedPart[]; next: number | undefined } = await store.run(
            { name: 'ListParts', bucket, key, uploadId, after, limit: MAX_PARTS },
            caller,
            context,
          )
          found.push(...page.parts.map(({ number, etag }) => ({ number, etag })))
          after = page.next
        }
        return found
      }
    },
  }
}

function completed(
  { bucket, key, query, host }: ObjectRequest,
  written: Parameters<typeof writtenHeaders>[0],
): ReturnType<typeof xml> {
  const { encode, nodes } = encodingOf(query)
  return xml(
    'CompleteMultipartUploadResult',
    [
      ...nodes,
      ['Location', `http://${host}/${encodePath(key)}`],
      ['Bucket', bucket],
      ['Key', encode(key)],
      ['ETag', quoted(written.etag)],
    ],
    {
      etag: quoted(written.etag),
      ...crc64Header(written.checksums),
      ...encryptionHeaders(written.encryption),
      ...versionHeaders(written),
    },
  )
}

/** `<CompleteMultipartUpload>` with 1…10,000 parts. @throws StoreError MalformedXML */
async function readCompletedParts(request: ObjectRequest): Promise<CompletedPart[]> {
  const document = await requireDocument(request, 'CompleteMultipartUpload', 4 * 2 ** 20)
  const elements = childrenOf(document, 'Part')
  if (elements.length === 0 || elements.length > MAX_COMPLETED_PARTS) throw malformed()
  return elements.map(readCompletedPart)
}

function readCompletedPart(element: XmlElement): CompletedPart {
  const number = trimmed(element, 'PartNumber') ?? ''
  const etag = trimmed(element, 'ETag')
  if (!/^\d{1,5}$/.test(number) || etag === undefined) throw malformed()
  // the store's ETags are lower-case
  return { number: Number(number), etag: unquoteEtag(etag).toLowerCase() }
}

export function abortMultipartUpload({ bucket, key, fields, query }: ObjectRequest): Command {
  refuseEncryption(fields)
  const uploadId = requireUploadId(query.get('uploadId'))
  return command({ name: 'AbortMultipartUpload', bucket, key, uploadId }, () => empty(204))
}

export function listParts(request: ObjectRequest): Command {
  const { bucket, key, fields, query } = request
  refuseEncryption(fields)
  const { encode, nodes } = encodingOf(query)
  const uploadId = requireUploadId(query.get('uploadId'))
  const after = wholeNumber(request, 'part-number-marker', 0)
  const limit = wholeNumber(request, 'max-parts', MAX_PARTS, { minimum: 1, maximum: MAX_PARTS })
  return command(
    { name: 'ListParts', bucket, key, uploadId, after, limit },
    ({ parts, next, storageClass: _ }) =>
      xml('ListPartsResult', [
        ...nodes,
        ['Bucket', bucket],
        ['Key', encode(key)],
        ['UploadId', uploadId],
        ['PartNumberMarker', after],
        ...(next === undefined ? [] : ([['NextPartNumberMarker', next]] as XmlNode[])),
        ['MaxParts', limit],
        ['IsTruncated', next !== undefined],
        ...parts.map((part): XmlNode => {
          const crc64 = crc64Of(part.checksums)
          return [
            'Part',
            [
              ['PartNumber', part.number],
              ['LastModified', formatIsoDate(part.lastModified)],
              ['ETag', quoted(part.etag)],
              ...(crc64 === undefined ? [] : ([['HashCrc64ecma', crc64]] as XmlNode[])),
              ['Size', part.size],
            ],
          ]
        }),
      ]),
  )
}
