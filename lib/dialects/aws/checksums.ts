import { StoreError } from '../../errors.ts'
import type { ChecksumAlgorithm, ObjectChecksum } from '../../store/model.ts'
import type { ContentChecks } from '../../store/operations.ts'
import type { Content } from '../dialect.ts'
import { decodeBase64 } from '../http/text.ts'
import type { RequestHeaders } from './request-headers.ts'

type S3Algorithm = Exclude<ChecksumAlgorithm, 'crc64ecma'>
interface S3Checksum extends ObjectChecksum {
  algorithm: S3Algorithm
}

/** Every checksum of the SDK's model: its word in headers and XML, and its length in bytes (aws-s3.md §4). */
const ALGORITHMS: ReadonlyMap<S3Algorithm, { word: string; bytes: number }> = new Map([
  ['crc32', { word: 'CRC32', bytes: 4 }],
  ['crc32c', { word: 'CRC32C', bytes: 4 }],
  ['crc64nvme', { word: 'CRC64NVME', bytes: 8 }],
  ['sha1', { word: 'SHA1', bytes: 20 }],
  ['sha256', { word: 'SHA256', bytes: 32 }],
  ['sha512', { word: 'SHA512', bytes: 64 }],
  ['md5', { word: 'MD5', bytes: 16 }],
  ['xxhash64', { word: 'XXHASH64', bytes: 8 }],
  ['xxhash3', { word: 'XXHASH3', bytes: 8 }],
  ['xxhash128', { word: 'XXHASH128', bytes: 16 }],
])
const PREFIX = 'x-amz-checksum-'
const SDK_ALGORITHM = 'x-amz-sdk-checksum-algorithm'

/** `CRC32` */
export function checksumWord(algorithm: S3Algorithm): string {
  return ALGORITHMS.get(algorithm)!.word
}

/** The element of a checksum in S3's XML, `ChecksumCRC32`. */
export function checksumElement(algorithm: S3Algorithm): string {
  return `Checksum${checksumWord(algorithm)}`
}

export const checksumAlgorithms: readonly S3Algorithm[] = [...ALGORITHMS.keys()]

/** What other dialects keep with an object has no name in S3, and is not told there. */
export function isOfS3(algorithm: ChecksumAlgorithm | undefined): algorithm is S3Algorithm {
  return algorithm !== undefined && (ALGORITHMS as ReadonlyMap<ChecksumAlgorithm, unknown>).has(algorithm)
}

export function ofS3(checksums: readonly ObjectChecksum[]): S3Checksum[] {
  return checksums.filter((checksum): checksum is S3Checksum => isOfS3(checksum.algorithm))
}

/** @throws StoreError InvalidRequest for a word that S3 does not know */
export function parseAlgorithm(word: string | undefined): S3Algorithm | undefined {
  if (word === undefined) return undefined
  const algorithm = checksumAlgorithms.find((candidate) => checksumWord(candidate) === word.toUpperCase())
  if (algorithm === undefined)
    throw new StoreError('InvalidRequest', 'Checksum algorithm provided is unsupported.', { value: word })
  return algorithm
}

/** @throws StoreError InvalidRequest */
export function parseChecksumType(word: string | undefined): 'FULL_OBJECT' | 'COMPOSITE' | undefined {
  if (word === undefined || word === 'FULL_OBJECT' || word === 'COMPOSITE') return word
  throw new StoreError('InvalidRequest', 'Value for x-amz-checksum-type header is invalid.', { value: word })
}

/**
 * The checksum in the headers. Values that came only in the query are ignored: presigners put the checksum of
 * an empty body there (aws-s3.md §4, "Trap").
 * @throws StoreError InvalidRequest (two of them, or no checksum at all)
 */
export function readChecksumHeader(
  headers: RequestHeaders,
  composite = false,
): { algorithm: S3Algorithm; value: string } | undefined {
  const present = checksumAlgorithms.filter((algorithm) => headers.sent(PREFIX + algorithm) !== undefined)
  const [algorithm, ...more] = present
  if (more.length > 0)
    throw new StoreError(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    )
  if (algorithm === undefined) return undefined
  const value = headers.sent(PREFIX + algorithm)!
  checkValue(algorithm, composite ? value.replace(/-\d+$/, '') : value)
  return { algorithm, value }
}

/** @throws StoreError InvalidRequest unless the value is base64 of as many bytes as the algorithm makes */
export function checkValue(algorithm: S3Algorithm, value: string): void {
  if (decodeBase64(value, ALGORITHMS.get(algorithm)!.bytes) === undefined)
    throw new StoreError('InvalidRequest', `Value for ${PREFIX}${algorithm} header is invalid.`, { value })
}

/**
 * The body of an upload with all that the store must check it against.
 * @throws StoreError InvalidDigest | InvalidRequest
 */
export function readUpload(
  headers: RequestHeaders,
  content: Content,
): { body: AsyncIterable<Buffer>; checks: ContentChecks } {
  const checks = readContentChecks(headers, content)
  const { unchecked } = content
  if (unchecked === undefined) return { body: content.body, checks }
  return { body: unchecked.body, checks: { ...checks, payloadSha256: unchecked.payloadSha256 } }
}

/**
 * Everything the client vouches for about a body: Content-MD5, and a checksum in a header or a trailer.
 * @throws StoreError InvalidDigest | InvalidRequest
 */
export function readContentChecks(headers: RequestHeaders, content: Content): ContentChecks {
  const md5 = readContentMd5(headers)
  const header = readChecksumHeader(headers)
  const trailer = trailingAlgorithm(content)
  if (header !== undefined && trailer !== undefined)
    throw new StoreError('InvalidRequest', 'Expecting a single x-amz-checksum- header')
  const checksum = header ? fixed(header) : trailer && trailing(trailer, content)
  checkHint(headers, header?.algorithm ?? trailer)
  return { ...(md5 && { md5 }), ...(checksum && { checksum }) }
}

function readContentMd5(headers: RequestHeaders): Buffer | undefined {
  const value = headers.sent('content-md5')
  if (value === undefined) return undefined
  const md5 = decodeBase64(value, 16)
  if (md5 === undefined)
    throw new StoreError('InvalidDigest', 'The Content-MD5 you specified was invalid.', { contentMd5: value })
  return md5
}

function fixed({
  algorithm,
  value,
}: {
  algorithm: S3Algorithm
  value: string
}): NonNullable<ContentChecks['checksum']> {
  return { algorithm, expected: () => value }
}

function trailing(algorithm: S3Algorithm, content: Content): NonNullable<ContentChecks['checksum']> {
  const expected = (): string | undefined => {
    const value = content.trailer(PREFIX + algorithm)
    if (value !== undefined) checkValue(algorithm, value)
    return value
  }
  return { algorithm, expected }
}

function trailingAlgorithm(content: Content): S3Algorithm | undefined {
  const [name, ...more] = content.trailerNames
  if (name === undefined) return undefined
  const algorithm = checksumAlgorithms.find((candidate) => PREFIX + candidate === name)
  if (algorithm === undefined || more.length > 0)
    throw new StoreError(
      'InvalidRequest',
      'The value specified in the x-amz-trailer header is not supported',
      { value: content.trailerNames.join(',') },
    )
  return algorithm
}

/** The SDK's hint must agree with what it sends, or the checksum was lost on the way. */
function checkHint(headers: RequestHeaders, algorithm: S3Algorithm | undefined): void {
  const hint = parseAlgorithm(headers.sent(SDK_ALGORITHM))
  if (hint === undefined || hint === algorithm) return
  if (algorithm === undefined)
    throw new StoreError(
      'InvalidRequest',
      `${SDK_ALGORITHM} specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.`,
    )
  throw new StoreError('InvalidRequest', `Value for ${SDK_ALGORITHM} header is invalid.`)
}

/** Checksums in an answer's headers. */
export function checksumHeaders(checksums: readonly ObjectChecksum[]): Record<string, string> {
  const [checksum] = ofS3(checksums)
  if (checksum === undefined) return {}
  return { [PREFIX + checksum.algorithm]: checksum.value, 'x-amz-checksum-type': checksum.type }
}
