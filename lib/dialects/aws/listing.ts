import { StoreError } from '../../errors.ts'
import type { Caller } from '../../store/model.ts'
import type { ObjectSummary } from '../../store/operations.ts'
import { command, type Command } from '../dialect.ts'
import { formatIsoDate } from '../http/dates.ts'
import { encodePath } from '../http/percent.ts'
import type { Query } from '../http/query.ts'
import type { XmlNode } from '../http/xml-write.ts'
import { quoted, xml } from './answers.ts'
import { wholeNumber, type BucketRequest } from './aws-request.ts'
import { chosenChecksumNodes } from './multipart-operations.ts'
import { ownerNode } from './owner.ts'
import { storageClassWord } from './storage-class.ts'
import { decodeToken, encodeToken } from './tokens.ts'

const MAX_KEYS = 1000

export type Encode = (name: string) => string

/** `encoding-type=url` is the only way to name keys that XML 1.0 cannot hold. */
export function encodingOf(query: Query): { encode: Encode; nodes: XmlNode[] } {
  const type = query.get('encoding-type')
  if (type === undefined || type === '') return { encode: (name) => name, nodes: [] }
  if (type !== 'url')
    throw new StoreError('InvalidArgument', 'Invalid Encoding Method specified in Request', {
      argument: 'encoding-type',
      value: type,
    })
  return { encode: encodePath, nodes: [['EncodingType', 'url']] }
}

export function listObjectsV1({ bucket, query, caller }: BucketRequest): Command {
  const { encode, nodes } = encodingOf(query)
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const marker = query.get('marker') ?? ''
  const limit = wholeNumber(query.get('max-keys'), 'max-keys', MAX_KEYS, MAX_KEYS)
  return command(
    { name: 'ListObjects', bucket, prefix, delimiter, after: marker, limit },
    ({ objects, commonPrefixes, next }) =>
      xml('ListBucketResult', [
        ['Name', bucket],
        ['Prefix', encode(prefix)],
        ['Marker', encode(marker)],
        // S3 names it only for grouped listings; clients take the last key otherwise (S3 API reference, ListObjects)
        ...(next !== undefined && delimiter !== '' ? ([['NextMarker', encode(next)]] as XmlNode[]) : []),
        ['MaxKeys', limit],
        ...delimiterNodes(delimiter, encode),
        ['IsTruncated', next !== undefined],
        ...nodes,
        ...objects.map((object) => objectNode(object, encode, caller)),
        ...prefixNodes(commonPrefixes, encode),
      ]),
  )
}

export function listObjectsV2({ bucket, query, caller }: BucketRequest): Command {
  const { encode, nodes } = encodingOf(query)
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const startAfter = query.get('start-after') ?? ''
  const token = query.get('continuation-token')
  const limit = wholeNumber(query.get('max-keys'), 'max-keys', MAX_KEYS, MAX_KEYS)
  const owner = query.get('fetch-owner') === 'true' ? caller : undefined
  const from = token === undefined ? { after: startAfter, afterIsKey: true } : { after: decodeToken(token) }
  return command(
    { name: 'ListObjects', bucket, prefix, delimiter, ...from, limit },
    ({ objects, commonPrefixes, next }) =>
      xml('ListBucketResult', [
        ['Name', bucket],
        ['Prefix', encode(prefix)],
        ...(startAfter === '' ? [] : ([['StartAfter', encode(startAfter)]] as XmlNode[])),
        ...(token === undefined ? [] : ([['ContinuationToken', token]] as XmlNode[])),
        ...(next === undefined ? [] : ([['NextContinuationToken', encodeToken(next)]] as XmlNode[])),
        ['KeyCount', objects.length + commonPrefixes.length],
        ['MaxKeys', limit],
        ...delimiterNodes(delimiter, encode),
        ['IsTruncated', next !== undefined],
        ...nodes,
        ...objects.map((object) => objectNode(object, encode, owner)),
        ...prefixNodes(commonPrefixes, encode),
      ]),
  )
}

function objectNode(object: ObjectSummary, encode: Encode, owner: Caller | undefined): XmlNode {
  const nodes: XmlNode[] = [
    ['Key', encode(object.key)],
    ['LastModified', formatIsoDate(object.lastModified)],
    ['ETag', quoted(object.etag)],
    ['Size', object.size],
    ['StorageClass', storageClassWord(object.storageClass)],
  ]
  if (owner !== undefined) nodes.push(['Owner', ownerNode(owner)])
  return ['Contents', nodes]
}

export function delimiterNodes(delimiter: string, encode: Encode): XmlNode[] {
  return delimiter === '' ? [] : [['Delimiter', encode(delimiter)]]
}

export function prefixNodes(commonPrefixes: readonly string[], encode: Encode): XmlNode[] {
  return commonPrefixes.map((prefix) => ['CommonPrefixes', [['Prefix', encode(prefix)]]])
}

export function listMultipartUploads({ bucket, query, caller }: BucketRequest): Command {
  const { encode, nodes } = encodingOf(query)
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const afterKey = query.get('key-marker') ?? ''
  // without a key marker, S3 ignores the upload marker
  const afterUploadId = afterKey === '' ? '' : (query.get('upload-id-marker') ?? '')
  const limit = wholeNumber(query.get('max-uploads'), 'max-uploads', MAX_KEYS, MAX_KEYS)
  return command(
    { name: 'ListMultipartUploads', bucket, prefix, delimiter, afterKey, afterUploadId, limit },
    ({ uploads, commonPrefixes, next }) =>
      xml('ListMultipartUploadsResult', [
        ['Bucket', bucket],
        ['KeyMarker', encode(afterKey)],
        ['UploadIdMarker', afterUploadId],
        ...(next === undefined
          ? []
          : ([
              ['NextKeyMarker', encode(next.key)],
              ['NextUploadIdMarker', next.uploadId],
            ] as XmlNode[])),
        ['Prefix', encode(prefix)],
        ...delimiterNodes(delimiter, encode),
        ['MaxUploads', limit],
        ['IsTruncated', next !== undefined],
        ...nodes,
        ...uploads.map((upload): XmlNode => [
          'Upload',
          [
            ['Key', encode(upload.key)],
            ['UploadId', upload.uploadId],
            [
              'Initiator',
              [
                ['ID', upload.initiator],
                ['DisplayName', upload.initiator],
              ],
            ],
            ['Owner', ownerNode(caller)],
            ['StorageClass', storageClassWord(upload.storageClass)],
            ['Initiated', formatIsoDate(upload.initiatedAt)],
            ...chosenChecksumNodes(upload),
          ],
        ]),
        ...prefixNodes(commonPrefixes, encode),
      ]),
  )
}
