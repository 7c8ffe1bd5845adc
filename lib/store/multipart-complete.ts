import { StoreError } from '../errors.ts'
import { createChecksum } from '../crypto/checksums.ts'
import { combineCrc, type CrcName } from '../crypto/crc-combine.ts'
import type { StoreDeps } from './deps.ts'
import { decryptingFor, EncryptionDescriber } from './encryption.ts'
import { answeredVersion } from './find-version.ts'
import { toldExpiration } from './lifecycle-rules.ts'
import { multipartEtag, openEtag, partBinding, storeEtag } from './etag.ts'
import type { Caller, ChecksumAlgorithm, ObjectChecksum, ObjectRow, PartRow, UploadRow } from './model.ts'
import {
  openUpload,
  otherChecksum,
  uploadDataKey,
  uploadSeal,
  type OpenedUpload,
} from './multipart-upload.ts'
import { newVersion, type VersionFacts } from './new-version.ts'
import type { ObjectSeal } from './object-record.ts'
import type {
  AbortMultipartUpload,
  CompletedPart,
  CompleteMultipartUpload,
  RequestContext,
  Results,
  Written,
} from './operations.ts'
import { guardOf } from './put-object.ts'

/** All parts but the last (S3 user guide, "Multipart upload limits"). */
const DEFAULT_MIN_PART_BYTES = 5 * 2 ** 20

interface ChosenPart {
  row: PartRow
  etag: string
  checksums: ObjectChecksum[]
}

/** Only rows are written here: the parts' blobs are already durable (write protocol, step 5). */
export async function completeMultipartUpload(
  deps: StoreDeps,
  operation: CompleteMultipartUpload,
  caller: Caller,
  context: RequestContext,
): Promise<Written> {
  const asker = { caller, context }
  const opened = await openUpload(deps, operation, asker, 's3:PutObject')
  checkClaims(operation, chosenChecksum(opened.upload))
  if (operation.customerKey !== undefined) await uploadDataKey(deps, opened, operation.customerKey, asker)
  const sealed = { bucket: opened.bucket, key: operation.key, record: opened.upload.encryption }
  const seal = await decryptingFor(deps, asker, sealed, () => uploadSeal(deps, opened))
  const chosen = await choosePartsOf(deps, opened.upload, seal, operation)
  const size = chosen.reduce((sum, part) => sum + part.row.size, 0)
  if (operation.objectSize !== undefined && operation.objectSize !== size)
    throw new StoreError(
      'InvalidRequest',
      `The provided 'x-amz-mp-object-size' header value ${operation.objectSize} does not match what was computed: ${size}`,
    )
  const checksums = [objectChecksum(opened.upload, chosen)]
  verifyChecksum(operation, checksums[0]!)
  const version = await newVersion(deps, opened.bucket, opened.upload.lock)
  const { object, parts, etag } = assemble(deps, opened, seal, chosen, { size, checksums, version })
  await deps.catalog.completeUpload(operation.uploadId, object, parts, guardOf(deps, operation.conditions))
  const encryption = await new EncryptionDescriber(deps).describe(opened.bucket.projectId, object.encryption)
  const answered = {
    ...answeredVersion(opened.bucket, version.versionId),
    ...toldExpiration(opened.bucket, object),
  }
  return { etag, size, lastModified: object.lastModified, encryption, checksums, ...answered }
}

export async function abortMultipartUpload(
  deps: StoreDeps,
  operation: AbortMultipartUpload,
  caller: Caller,
  context: RequestContext,
): Promise<Results['AbortMultipartUpload']> {
  await openUpload(deps, operation, { caller, context }, 's3:AbortMultipartUpload')
  await deps.catalog.abortUpload(operation.uploadId)
  return {}
}

interface ChosenChecksum {
  algorithm: ChecksumAlgorithm
  type: ObjectChecksum['type']
}

/** What the object will have; CRC64NVME where nobody chose, as S3 (aws-s3.md §4). */
function chosenChecksum({ checksumAlgorithm, checksumType }: UploadRow): ChosenChecksum {
  return { algorithm: checksumAlgorithm ?? 'crc64nvme', type: checksumType ?? 'FULL_OBJECT' }
}

/** @throws StoreError InvalidRequest for a claim about another checksum than the object will have */
function checkClaims(
  { checksum, checksumType }: CompleteMultipartUpload,
  { algorithm, type }: ChosenChecksum,
): void {
  if (checksumType !== undefined && checksumType !== type)
    throw new StoreError(
      'InvalidRequest',
      `The upload was created using the ${type} checksum mode. The complete request must use the same checksum mode.`,
    )
  if (checksum !== undefined && checksum.algorithm !== algorithm)
    throw otherChecksum(algorithm, checksum.algorithm)
}

/** @throws StoreError InvalidPart | InvalidPartOrder | EntityTooSmall | MalformedXML | InvalidRequest */
async function choosePartsOf(
  deps: StoreDeps,
  upload: UploadRow,
  seal: ObjectSeal,
  { parts: wanted, minimumPartBytes: minimum = DEFAULT_MIN_PART_BYTES }: CompleteMultipartUpload,
): Promise<ChosenPart[]> {
  if (wanted.length === 0)
    throw new StoreError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    )
  if (wanted.some((claim, i) => i > 0 && claim.number <= wanted[i - 1]!.number)) {
    throw new StoreError(
      'InvalidPartOrder',
      'The list of parts was not in ascending order. Parts must be ordered by part number.',
    )
  }
  const uploaded = new Map((await deps.catalog.parts(upload.objectId)).map((row) => [row.number, row]))
  return wanted.map((claim, i) => {
    const row = uploaded.get(claim.number)
    if (row === undefined) throw invalidPart(claim)
    const etag = openEtag(deps.keyring, partBinding(row.objectId, row.blobId), row.etag)
    const checksums = seal.openChecksums(row.checksums)
    if (etag !== claim.etag || !isVouchedFor(claim, checksums)) throw invalidPart(claim)
    if (i < wanted.length - 1 && row.size < minimum)
      throw new StoreError(
        'EntityTooSmall',
        'Your proposed upload is smaller than the minimum allowed size',
        { partNumber: claim.number, size: row.size, minimum, etag },
      )
    return { row, etag, checksums }
  })
}

/** @throws StoreError InvalidRequest for a checksum that is not kept of the part */
function isVouchedFor({ checksums: claims = [] }: CompletedPart, kept: readonly ObjectChecksum[]): boolean {
  return claims.every(({ algorithm, value }) => {
    const known = kept.find((checksum) => checksum.algorithm === algorithm)
    if (known === undefined) throw otherChecksum(kept[0]!.algorithm, algorithm)
    return known.value === value
  })
}

function invalidPart(claim: CompletedPart): StoreError {
  return new StoreError(
    'InvalidPart',
    'One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part’s entity tag.',
    { partNumber: claim.number },
  )
}

/** The object's checksum from its parts', without reading a byte again (aws-s3.md §4). */
function objectChecksum(upload: UploadRow, parts: readonly ChosenPart[]): ObjectChecksum {
  const { algorithm, type } = chosenChecksum(upload)
  const values = parts.map((part) =>
    Buffer.from(part.checksums.find((c) => c.algorithm === algorithm)?.value ?? '', 'base64'),
  )
  if (type === 'COMPOSITE') {
    const checksum = createChecksum(algorithm)
    for (const value of values) checksum.update(value)
    return { algorithm, type, value: `${checksum.digest().toString('base64')}-${parts.length}` }
  }
  if (!isCrc(algorithm)) throw new Error(`${algorithm} cannot be combined`)
  const value = values.reduce<Buffer>(
    (sum, next, i) => (i === 0 ? next : combineCrc(algorithm, sum, next, parts[i]!.row.size)),
    values[0]!,
  )
  return { algorithm, type, value: value.toString('base64') }
}

function isCrc(algorithm: ChecksumAlgorithm): algorithm is CrcName {
  return algorithm.startsWith('crc')
}

function verifyChecksum(operation: CompleteMultipartUpload, computed: ObjectChecksum): void {
  const promised = operation.checksum
  if (promised === undefined) return
  if (promised.value !== computed.value && promised.value !== computed.value.replace(/-\d+$/, ''))
    throw new StoreError(
      'BadDigest',
      `The ${computed.algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
      { algorithm: computed.algorithm },
    )
}

function assemble(
  deps: StoreDeps,
  { bucket, upload }: OpenedUpload,
  seal: ObjectSeal,
  chosen: readonly ChosenPart[],
  { size, checksums, version }: { size: number; checksums: ObjectChecksum[]; version: VersionFacts },
): { object: ObjectRow; parts: PartRow[]; etag: string } {
  let offset = 0
  const parts = chosen.map(({ row }) => {
    const part = seal.signPart({ ...row, offset })
    offset += row.size
    return part
  })
  const etag = multipartEtag(chosen.map((part) => part.etag))
  // An ETag made of sealed ones is no less telling than they are.
  const tells = chosen.some(({ row }) => 'sealed' in row.etag)
  const unsigned = {
    objectId: upload.objectId,
    bucketId: upload.bucketId,
    key: upload.key,
    ...version,
    size,
    etag: storeEtag(deps.keyring, upload.encryption, upload.objectId, etag, tells),
    lastModified: deps.now(),
    metadata: upload.metadata,
    storageClass: upload.storageClass,
    acl: upload.acl,
    tags: upload.tags,
    encryption: upload.encryption,
    checksums: seal.sealChecksums(checksums),
    partCount: parts.length,
    multipart: true,
  }
  return { object: { ...unsigned, objectMac: seal.objectMac(bucket, unsigned, etag) }, parts, etag }
}
