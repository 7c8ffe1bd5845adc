import { StoreError } from '../../errors.ts'
import type { Caller } from '../../store/model.ts'
import type { ListedVersion, ObjectSummary } from '../../store/operations.ts'
import { command, type Command } from '../dialect.ts'
import { formatIsoDate } from '../http/dates.ts'
import { encodePercent } from '../http/percent.ts'
import type { Query } from '../http/query.ts'
import type { XmlNode } from '../http/xml-write.ts'
import { ownerNode, quoted, xml } from './answers.ts'
import { typeOf } from './object-operations.ts'
import { wholeNumber, type BucketRequest } from './oss-request.ts'
import { storageClassWord } from './storage-class.ts'
import { decodeToken, encodeToken } from './tokens.ts'

const DEFAULT_KEYS = 100
const MAX_KEYS = 1000
const LIMITS = { minimum: 1, maximum: MAX_KEYS }

type Encode = (name: string) => string

/** `encoding-type=url` is the only way to name keys that XML 1.0 cannot hold. @throws StoreError InvalidArgument */
export function encodingOf(query: Query): { encode: Encode; nodes: XmlNode[] } {
  const type = query.get('encoding-type')
  if (type === undefined || type === '') return { encode: (name) => name, nodes: [] }
  if (type.toLowerCase() !== 'url')
    throw new StoreError('InvalidArgument', 'Invalid Encoding Method specified in Request', {
      argument: 'encoding-type',
      value: type,
    })
  return { encode: encodePercent, nodes: [['EncodingType', 'url']] }
}

/** GetBucket (ListObjects). */
export function listObjectsV1(request: BucketRequest): Command {
  const { bucket, query, caller } = request
  const { encode, nodes } = encodingOf(query)
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const after = query.get('marker') ?? ''
  const limit = wholeNumber(request, 'max-keys', DEFAULT_KEYS, LIMITS)
  return command(
    { name: 'ListObjects', bucket, prefix, delimiter, after, limit },
    ({ objects, commonPrefixes, next }) =>
      xml('ListBucketResult', [
        ...nodes,
        ['Name', bucket],
        ['Prefix', encode(prefix)],
        ['Marker', encode(after)],
        ['MaxKeys', limit],
        ['Delimiter', encode(delimiter)],
        ['IsTruncated', next !== undefined],
        ...(next === undefined ? [] : ([['NextMarker', encode(next)]] as XmlNode[])),
        ...objects.map((object): XmlNode => ['Contents', objectNodes(object, encode, caller)]),
        ...prefixNodes(commonPrefixes, encode),
      ]),
  )
}

/** ListObjectsV2 (`list-type=2`). */
export function listObjectsV2(request: BucketRequest): Command {
  const { bucket, query, caller } = request
  const { encode, nodes } = encodingOf(query)
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const startAfter = query.get('start-after') ?? ''
  const token = query.get('continuation-token') || undefined
  const owner = query.get('fetch-owner') === 'true' ? caller : undefined
  const limit = wholeNumber(request, 'max-keys', DEFAULT_KEYS, LIMITS)
  const from = token === undefined ? { after: startAfter, afterIsKey: true } : { after: decodeToken(token) }
  return command(
    { name: 'ListObjects', bucket, prefix, delimiter, ...from, limit },
    ({ objects, commonPrefixes, next }) =>
      xml('ListBucketResult', [
        ...nodes,
        ['Name', bucket],
        ['Prefix', encode(prefix)],
        ...(startAfter === '' ? [] : ([['StartAfter', encode(startAfter)]] as XmlNode[])),
        ['MaxKeys', limit],
        ['Delimiter', encode(delimiter)],
        ['IsTruncated', next !== undefined],
        ...(token === undefined ? [] : ([['ContinuationToken', token]] as XmlNode[])),
        ...(next === undefined ? [] : ([['NextContinuationToken', encodeToken(next)]] as XmlNode[])),
        ['KeyCount', objects.length + commonPrefixes.length],
        ...objects.map((object): XmlNode => ['Contents', objectNodes(object, encode, owner)]),
        ...prefixNodes(commonPrefixes, encode),
      ]),
  )
}

/** oss2 cannot read an object without its Type. */
function objectNodes(object: ObjectSummary, encode: Encode, owner: Caller | undefined): XmlNode[] {
  return [['Key', encode(object.key)], ...summaryNodes(object, owner)]
}

function summaryNodes(object: ObjectSummary, owner: Caller | undefined): XmlNode[] {
  return [
    ['LastModified', formatIsoDate(object.lastModified)],
    ['ETag', quoted(object.etag)],
    ['Type', typeOf(object)],
    ['Size', object.size],
    ['StorageClass', storageClassWord(object.storageClass)],
    ...(owner === undefined ? [] : [ownerNode(owner)]),
  ]
}

function prefixNodes(commonPrefixes: readonly string[], encode: Encode): XmlNode[] {
  return commonPrefixes.map((prefix) => ['CommonPrefixes', [['Prefix', encode(prefix)]]])
}

/** GetBucketVersions (`?versions`). */
export function listObjectVersions(request: BucketRequest): Command {
  const { bucket, query, caller } = request
  const { encode, nodes } = encodingOf(query)
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const afterKey = query.get('key-marker') ?? ''
  const afterVersionId = query.get('version-id-marker') ?? ''
  const limit = wholeNumber(request, 'max-keys', DEFAULT_KEYS, LIMITS)
  return command(
    { name: 'ListObjectVersions', bucket, prefix, delimiter, afterKey, afterVersionId, limit },
    ({ entries, commonPrefixes, next }) =>
      xml('ListVersionsResult', [
        ...nodes,
        ['Name', bucket],
        ['Prefix', encode(prefix)],
        ['KeyMarker', encode(afterKey)],
        ['VersionIdMarker', afterVersionId],
        ['MaxKeys', limit],
        ['Delimiter', encode(delimiter)],
        ['IsTruncated', next !== undefined],
        ...(next === undefined
          ? []
          : ([
              ['NextKeyMarker', encode(next.key)],
              ['NextVersionIdMarker', next.versionId],
            ] as XmlNode[])),
        ...entries.map((entry) => versionNode(entry, encode, caller)),
        ...prefixNodes(commonPrefixes, encode),
      ]),
  )
}

function versionNode(entry: ListedVersion, encode: Encode, caller: Caller): XmlNode {
  const head: XmlNode[] = [
    ['Key', encode(entry.key)],
    ['VersionId', entry.versionId],
    ['IsLatest', entry.isLatest],
  ]
  if (entry.kind === 'version') return ['Version', [...head, ...summaryNodes(entry, caller)]]
  return ['DeleteMarker', [...head, ['LastModified', formatIsoDate(entry.lastModified)], ownerNode(caller)]]
}

export function listMultipartUploads(request: BucketRequest): Command {
  const { bucket, query } = request
  const { encode, nodes } = encodingOf(query)
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const afterKey = query.get('key-marker') ?? ''
  // without a key marker, OSS ignores the upload marker
  const afterUploadId = afterKey === '' ? '' : (query.get('upload-id-marker') ?? '')
  const limit = wholeNumber(request, 'max-uploads', MAX_KEYS, LIMITS)
  return command(
    { name: 'ListMultipartUploads', bucket, prefix, delimiter, afterKey, afterUploadId, limit },
    ({ uploads, commonPrefixes, next }) =>
      xml('ListMultipartUploadsResult', [
        ...nodes,
        ['Bucket', bucket],
        ['KeyMarker', encode(afterKey)],
        ['UploadIdMarker', afterUploadId],
        ['NextKeyMarker', next === undefined ? '' : encode(next.key)],
        ['NextUploadIdMarker', next?.uploadId ?? ''],
        ['Delimiter', encode(delimiter)],
        ['Prefix', encode(prefix)],
        ['MaxUploads', limit],
        ['IsTruncated', next !== undefined],
        ...uploads.map((upload): XmlNode => [
          'Upload',
          [
            ['Key', encode(upload.key)],
            ['UploadId', upload.uploadId],
            ['StorageClass', storageClassWord(upload.storageClass)],
            ['Initiated', formatIsoDate(upload.initiatedAt)],
          ],
        ]),
        ...prefixNodes(commonPrefixes, encode),
      ]),
  )
}
