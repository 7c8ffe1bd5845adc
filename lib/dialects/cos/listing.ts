import { StoreError } from '../../errors.ts'
import type { Caller } from '../../store/model.ts'
import type { ListedVersion, ObjectSummary } from '../../store/operations.ts'
import { command, type Command } from '../dialect.ts'
import { formatIsoDate } from '../http/dates.ts'
import { encodePath } from '../http/percent.ts'
import type { Query } from '../http/query.ts'
import type { XmlNode } from '../http/xml-write.ts'
import { ownerNodes, quoted, xml } from './answers.ts'
import { wholeNumber, type BucketRequest } from './cos-request.ts'
import { storageClassWord } from './storage-class.ts'

const MAX_KEYS = 1000

type Encode = (name: string) => string

/** `encoding-type=url` is the only way to name keys that XML 1.0 cannot hold; the Python SDK always asks for it. */
export function encodingOf(query: Query): { encode: Encode; nodes: XmlNode[] } {
  const type = query.get('encoding-type')
  if (type === undefined || type === '') return { encode: (name) => name, nodes: [] }
  if (type !== 'url')
    throw new StoreError('InvalidArgument', 'encoding-type can be url', {
      argument: 'encoding-type',
      value: type,
    })
  return { encode: encodePath, nodes: [['EncodingType', 'url']] }
}

/** GET Bucket (document 436/7734). Nothing here tells that an object is encrypted, and sizes are of the plaintext. */
export function listObjects(request: BucketRequest): Command {
  const { bucket, query, caller } = request
  const { encode, nodes } = encodingOf(query)
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const marker = query.get('marker') ?? ''
  const limit = wholeNumber(request, 'max-keys', MAX_KEYS, MAX_KEYS)
  return command(
    { name: 'ListObjects', bucket, prefix, delimiter, after: marker, limit },
    ({ objects, commonPrefixes, next }) =>
      xml('ListBucketResult', [
        ['Name', bucket],
        ...nodes,
        ['Prefix', encode(prefix)],
        ['Marker', encode(marker)],
        ['MaxKeys', limit],
        ...delimiterNodes(delimiter, encode),
        ['IsTruncated', next !== undefined],
        // Unlike S3, COS names it in every listing that goes on.
        ...(next === undefined ? [] : ([['NextMarker', encode(next)]] as XmlNode[])),
        ...prefixNodes(commonPrefixes, encode),
        ...objects.map((object) => objectNode(object, encode, caller)),
      ]),
  )
}

function objectNode(object: ObjectSummary, encode: Encode, caller: Caller): XmlNode {
  return ['Contents', [['Key', encode(object.key)], ...summaryNodes(object, caller)]]
}

function summaryNodes(object: ObjectSummary, caller: Caller): XmlNode[] {
  return [
    ['LastModified', formatIsoDate(object.lastModified)],
    ['ETag', quoted(object.etag)],
    ['Size', object.size],
    ['Owner', ownerNodes(caller)],
    ['StorageClass', storageClassWord(object.storageClass)],
  ]
}

/** GET Bucket Object versions (document 436/35521). */
export function listObjectVersions(request: BucketRequest): Command {
  const { bucket, query, caller } = request
  const { encode, nodes } = encodingOf(query)
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const afterKey = query.get('key-marker') ?? ''
  const afterVersionId = query.get('version-id-marker') ?? ''
  const limit = wholeNumber(request, 'max-keys', MAX_KEYS, MAX_KEYS)
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
        ...delimiterNodes(delimiter, encode),
        ['IsTruncated', next !== undefined],
        ...(next === undefined
          ? []
          : ([
              ['NextKeyMarker', encode(next.key)],
              ['NextVersionIdMarker', next.versionId],
            ] as XmlNode[])),
        ...prefixNodes(commonPrefixes, encode),
        ...entries.map((entry) => versionNode(entry, encode, caller)),
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
  return [
    'DeleteMarker',
    [...head, ['LastModified', formatIsoDate(entry.lastModified)], ['Owner', ownerNodes(caller)]],
  ]
}

function delimiterNodes(delimiter: string, encode: Encode): XmlNode[] {
  return delimiter === '' ? [] : [['Delimiter', encode(delimiter)]]
}

function prefixNodes(commonPrefixes: readonly string[], encode: Encode): XmlNode[] {
  return commonPrefixes.map((prefix) => ['CommonPrefixes', [['Prefix', encode(prefix)]]])
}

/** GET Bucket uploads (document 436/7736): what may be gone on with. */
export function listMultipartUploads(request: BucketRequest): Command {
  const { bucket, query, caller } = request
  const { encode, nodes } = encodingOf(query)
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const afterKey = query.get('key-marker') ?? ''
  const afterUploadId = afterKey === '' ? '' : (query.get('upload-id-marker') ?? '')
  const limit = wholeNumber(request, 'max-uploads', MAX_KEYS, MAX_KEYS)
  return command(
    { name: 'ListMultipartUploads', bucket, prefix, delimiter, afterKey, afterUploadId, limit },
    ({ uploads, commonPrefixes, next }) =>
      xml('ListMultipartUploadsResult', [
        ['Bucket', bucket],
        ...nodes,
        ['KeyMarker', encode(afterKey)],
        ['UploadIdMarker', afterUploadId],
        ...(next === undefined
          ? []
          : ([
              ['NextKeyMarker', encode(next.key)],
              ['NextUploadIdMarker', next.uploadId],
            ] as XmlNode[])),
        ['MaxUploads', limit],
        ['IsTruncated', next !== undefined],
        ['Prefix', encode(prefix)],
        ...delimiterNodes(delimiter, encode),
        ...uploads.map((upload): XmlNode => [
          'Upload',
          [
            ['Key', encode(upload.key)],
            ['UploadId', upload.uploadId],
            ['StorageClass', storageClassWord(upload.storageClass)],
            [
              'Initiator',
              [
                ['ID', upload.initiator],
                ['DisplayName', upload.initiator],
              ],
            ],
            ['Owner', ownerNodes(caller)],
            ['Initiated', formatIsoDate(upload.initiatedAt)],
          ],
        ]),
        ...prefixNodes(commonPrefixes, encode),
      ]),
  )
}
