import type { ErrorFacts, StoreError } from '../../errors.ts'
import { formatHttpDate } from '../http/dates.ts'
import { factNodes, validators } from '../http/error-document.ts'
import type { HttpRequest } from '../http/request.ts'
import type { RequestIds } from '../http/request-ids.ts'
import { s3Errors, wordsOfOne } from '../http/s3-errors.ts'
import { writeXml, type XmlNode } from '../http/xml-write.ts'
import type { RawResponse } from '../raw.ts'
import { quoted } from './answers.ts'
import { storageClassWord } from './storage-class.ts'

/** Facts that an error document may tell, under S3's element names. Anything else stays untold. */
const ELEMENTS: ReadonlyMap<string, string> = new Map([
  ['argument', 'ArgumentName'],
  ['value', 'ArgumentValue'],
  ['bucket', 'BucketName'],
  ['key', 'Key'],
  ['versionId', 'VersionId'],
  ['storageClass', 'StorageClass'],
  ['uploadId', 'UploadId'],
  ['partNumber', 'PartNumber'],
  ['region', 'Region'],
  ['condition', 'Condition'],
  ['contentMd5', 'Content-MD5'],
  ['headersNotSigned', 'HeadersNotSigned'],
  ['accessKeyId', 'AWSAccessKeyId'],
  ['stringToSign', 'StringToSign'],
  ['requestTime', 'RequestTime'],
  ['serverTime', 'ServerTime'],
  ['maxAllowedSkewMilliseconds', 'MaxAllowedSkewMilliseconds'],
  ['expires', 'Expires'],
  ['expiresSeconds', 'X-Amz-Expires'],
  ['size', 'Size'],
  ['maximum', 'MaxSizeAllowed'],
  ['tagKey', 'TagKey'],
  ['trailer', 'Trailer'],
  ['algorithm', 'Algorithm'],
  ['method', 'Method'],
])

/**
 * Renders a failure as S3's error document. HEAD has none (aws-s3.md §3), and 304 has none by RFC 9110 §15.4.5
 * but names the current validators.
 */
export function renderAwsError(error: StoreError, request: HttpRequest, ids: RequestIds): RawResponse {
  const { status, code } = s3Errors[error.code] ?? s3Errors.InternalError
  if (status === 304) return { status, headers: validators(error.facts, quoted), body: null }
  const marker = markerHeaders(error.facts)
  if (request.raw.method === 'HEAD')
    return { status, headers: { 'content-type': 'application/xml', ...marker }, body: null }
  const answer = errorAnswer(status, code, error.message, detailNodes(error, request), ids)
  return { ...answer, headers: { ...answer.headers, ...marker } }
}

/** S3 speaks of some failures in words of their own. */
function detailNodes({ code, facts }: StoreError, request: HttpRequest): XmlNode[] {
  if (code === 'InvalidRange') return rangeNodes(facts, request)
  const nodes = factNodes(inWords(facts), ELEMENTS)
  return code === 'BadDigest' ? [...nodes, ...digestNodes(facts, request)] : nodes
}

function rangeNodes({ size }: ErrorFacts, request: HttpRequest): XmlNode[] {
  const nodes: XmlNode[] = []
  if (size !== undefined) nodes.push(['ActualObjectSize', size])
  const asked = request.header('range')
  if (asked !== undefined) nodes.push(['RangeRequested', asked])
  return nodes
}

/** Of what the client itself sent: base64 for a part, hex for everything else (aws-s3.md §3 row 28). */
function digestNodes({ expectedDigest, calculatedDigest }: ErrorFacts, request: HttpRequest): XmlNode[] {
  if (typeof expectedDigest !== 'string' || typeof calculatedDigest !== 'string') return []
  const written = (digest: string): string =>
    request.query.has('partNumber') ? digest : Buffer.from(digest, 'base64').toString('hex')
  return [
    ['ExpectedDigest', written(expectedDigest)],
    ['CalculatedDigest', written(calculatedDigest)],
  ]
}

/** Of a delete marker an error still tells, and what can be done with it (S3 user guide, "Working with delete markers"). */
function markerHeaders({ deleteMarker, versionId, lastModified }: ErrorFacts): Record<string, string> {
  if (deleteMarker !== true) return {}
  return {
    'x-amz-delete-marker': 'true',
    ...(typeof versionId === 'string' && { 'x-amz-version-id': versionId }),
    ...(typeof lastModified === 'number' && {
      allow: 'DELETE',
      'last-modified': formatHttpDate(lastModified),
    }),
  }
}

export function errorAnswer(
  status: number,
  code: string,
  message: string,
  facts: readonly XmlNode[],
  ids?: RequestIds,
): RawResponse {
  const identity: XmlNode[] = ids
    ? [
        ['RequestId', ids.requestId],
        ['HostId', ids.hostId],
      ]
    : []
  const body = writeXml('Error', undefined, [['Code', code], ['Message', message], ...facts, ...identity])
  return { status, headers: { 'content-type': 'application/xml', 'content-length': body.length }, body }
}

/** How one object of a DeleteObjects request failed. */
export function errorWords(error: unknown): { code: string; message: string } {
  return wordsOfOne(error, s3Errors)
}

/** S3 has its own words for classes that other vendors' clients wrote. */
function inWords(facts: ErrorFacts): ErrorFacts {
  return facts.storageClass === undefined
    ? facts
    : { ...facts, storageClass: storageClassWord(String(facts.storageClass)) }
}
