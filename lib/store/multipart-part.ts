import { StoreError } from '../errors.ts'
import type { StoreDeps } from './deps.ts'
import { openCopySource, sourceVersion } from './copy-object.ts'
import { checkedAlgorithms, Digests, verifyChecks } from './digests.ts'
import { discardUnlessCommitted } from './discard.ts'
import { EncryptionDescriber } from './encryption.ts'
import { etagIsMd5, opaqueEtag, partBinding, storeEtag } from './etag.ts'
import type { Caller, ChecksumAlgorithm, ObjectChecksum } from './model.ts'
import { openUpload, otherChecksum, uploadDataKey, type OpenedUpload } from './multipart-upload.ts'
import { ObjectSeal } from './object-record.ts'
import type { ContentChecks, RequestContext, UploadPart, UploadPartCopy, Written } from './operations.ts'
import { readRange } from './read-object.ts'
import { whileWanted } from './while-wanted.ts'
import { writeBlob } from './write-blob.ts'

/** S3 user guide, "Multipart upload limits". */
export const MAX_PART_BYTES = 5 * 2 ** 30
const MAX_PARTS = 10_000

export async function uploadPart(
  deps: StoreDeps,
  operation: UploadPart,
  caller: Caller,
  context: RequestContext,
): Promise<Written> {
  checkPartNumber(operation.partNumber)
  const asker = { caller, context }
  const opened = await openUpload(deps, operation, asker, 's3:PutObject')
  const dataKey = await uploadDataKey(deps, opened, operation.customerKey, asker)
  return storePart(deps, opened, dataKey, operation)
}

export async function uploadPartCopy(
  deps: StoreDeps,
  operation: UploadPartCopy,
  caller: Caller,
  context: RequestContext,
): Promise<Written> {
  checkPartNumber(operation.partNumber)
  const asker = { caller, context }
  const opened = await openUpload(deps, operation, asker, 's3:PutObject')
  const dataKey = await uploadDataKey(deps, opened, operation.customerKey, asker)
  const source = await openCopySource(deps, operation.source, asker)
  const range = operation.range ?? { start: 0, endInclusive: source.row.size - 1 }
  if (range.endInclusive >= source.row.size || range.start > range.endInclusive + 1)
    throw new StoreError(
      'InvalidArgument',
      `Range specified is not valid for source object of size: ${source.row.size}`,
      { argument: 'x-amz-copy-source-range' },
    )
  const body = whileWanted(context.signal, await readRange(deps, source, range))
  const written = await storePart(deps, opened, dataKey, {
    partNumber: operation.partNumber,
    body,
    contentLength: range.endInclusive - range.start + 1,
    checks: {},
    etag: operation.etag,
  })
  return { ...written, ...sourceVersion(source) }
}

interface PartBody {
  partNumber: number
  body: AsyncIterable<Buffer>
  contentLength: number | undefined
  checks: ContentChecks
  etag?: 'md5' | undefined
}

async function storePart(
  deps: StoreDeps,
  { bucket, upload }: OpenedUpload,
  dataKey: Buffer | undefined,
  part: PartBody,
): Promise<Written> {
  const { objectId, encryption } = upload
  const algorithms = keptAlgorithms(upload.checksumAlgorithm, part.checks)
  const md5 = etagIsMd5(encryption, part.etag)
  const digests = new Digests(
    [...algorithms, ...(md5 ? (['md5'] as const) : []), ...checkedAlgorithms(part.checks)],
    deps.hashPool,
    part.contentLength,
  )
  const blob = await writeBlob(deps, {
    body: part.body,
    key:
      encryption.mode === 'none' || dataKey === undefined
        ? undefined
        : { suite: encryption.suite, chunkLog2: encryption.chunkLog2, dataKey },
    digests,
    maximumSize: MAX_PART_BYTES,
    contentLength: part.contentLength,
    verify: () => verifyChecks(part.checks, digests),
    // Parts are large but for the last, and are uploaded again: their rows stay small.
    mayBeInline: false,
  })
  const seal = ObjectSeal.of(encryption.mode === 'none' ? undefined : encryption.suite, dataKey, objectId)
  const etag = md5 ? digests.result('md5').toString('hex') : opaqueEtag()
  const checksums = algorithms.map((algorithm): ObjectChecksum => ({
    algorithm,
    type: 'FULL_OBJECT',
    value: digests.result(algorithm).toString('base64'),
  }))
  const now = deps.now()
  await discardUnlessCommitted(deps, [blob.blobId], () =>
    deps.catalog.putPart(upload.uploadId, {
      objectId,
      number: part.partNumber,
      offset: 0,
      size: blob.size,
      blobId: blob.blobId,
      salt: blob.salt,
      commitment: blob.commitment,
      etag: storeEtag(deps.keyring, encryption, partBinding(objectId, blob.blobId), etag, md5),
      checksums: seal.sealChecksums(checksums),
      mac: Buffer.alloc(0),
      uploadedAt: now,
    }),
  )
  return {
    etag,
    size: blob.size,
    lastModified: now,
    encryption: await new EncryptionDescriber(deps).describe(bucket.projectId, encryption),
    checksums,
  }
}

/**
 * The upload's own algorithm; without one, CRC64NVME (from which the object's is combined without reading
 * again) and whatever the client vouched for. CRC-64/XZ is nobody's choice but what OSS and COS always keep, so that
 * clients of S3, who have no word for it, may vouch for such an upload's parts by theirs.
 */
function keptAlgorithms(ofUpload: ChecksumAlgorithm | undefined, checks: ContentChecks): ChecksumAlgorithm[] {
  const sent = checks.checksum?.algorithm
  const chosen = ofUpload !== undefined && ofUpload !== 'crc64ecma'
  if (chosen && sent !== undefined && sent !== ofUpload) throw otherChecksum(ofUpload, sent)
  return [...new Set([ofUpload ?? 'crc64nvme', ...(sent ? [sent] : [])])]
}

/** @throws StoreError InvalidArgument */
export function checkPartNumber(number: number): void {
  if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS)
    throw new StoreError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive', {
      argument: 'partNumber',
      value: String(number),
    })
}
