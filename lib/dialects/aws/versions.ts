import { StoreError } from '../../errors.ts'
import type { DeletedVersion, ListedVersion } from '../../store/operations.ts'
import { command, type Command } from '../dialect.ts'
import { formatIsoDate } from '../http/dates.ts'
import type { Query } from '../http/query.ts'
import { malformed, textOf } from '../http/xml-read.ts'
import type { XmlNode } from '../http/xml-write.ts'
import { empty, quoted, xml } from './answers.ts'
import { wholeNumber, type BucketRequest } from './aws-request.ts'
import { requireDocument } from './documents.ts'
import { delimiterNodes, encodingOf, prefixNodes, type Encode } from './listing.ts'
import { ownerNode } from './owner.ts'
import { storageClassWord } from './storage-class.ts'

const MAX_KEYS = 1000

/** The version that the query names. @throws StoreError InvalidArgument */
export function readVersion(query: Query): { versionId?: string } {
  const versionId = query.get('versionId')
  if (versionId === undefined) return {}
  if (versionId === '')
    throw new StoreError('InvalidArgument', 'Version id cannot be the empty string', {
      argument: 'versionId',
    })
  return { versionId }
}

export function versionHeaders({ versionId, deleteMarker }: DeletedVersion): Record<string, string> {
  return {
    ...(versionId !== undefined && { 'x-amz-version-id': versionId }),
    ...(deleteMarker && { 'x-amz-delete-marker': 'true' }),
  }
}

export function getBucketVersioning({ bucket }: BucketRequest): Command {
  return command({ name: 'GetBucketVersioning', bucket }, ({ state }) =>
    xml('VersioningConfiguration', state === undefined ? [] : [['Status', state]]),
  )
}

/** @throws StoreError MalformedXML | NotImplemented (MFA delete) | BadDigest */
export async function putBucketVersioning(request: BucketRequest): Promise<Command> {
  const document = await requireDocument(request, 'VersioningConfiguration', { integrity: true })
  if (textOf(document, 'MfaDelete')?.trim() === 'Enabled')
    throw new StoreError('NotImplemented', 'MFA delete is not implemented.')
  const state = textOf(document, 'Status')?.trim()
  if (state !== 'Enabled' && state !== 'Suspended') throw malformed()
  return command({ name: 'PutBucketVersioning', bucket: request.bucket, state }, () => empty(200))
}

/** @throws StoreError InvalidArgument */
export function listObjectVersions({ bucket, query, caller }: BucketRequest): Command {
  const { encode, nodes } = encodingOf(query)
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const afterKey = query.get('key-marker') ?? ''
  const afterVersionId = query.get('version-id-marker') ?? ''
  if (afterVersionId !== '' && afterKey === '')
    throw new StoreError('InvalidArgument', 'A version-id marker cannot be specified without a key marker.', {
      argument: 'version-id-marker',
      value: afterVersionId,
    })
  const limit = wholeNumber(query.get('max-keys'), 'max-keys', MAX_KEYS, MAX_KEYS)
  return command(
    { name: 'ListObjectVersions', bucket, prefix, delimiter, afterKey, afterVersionId, limit },
    ({ entries, commonPrefixes, next }) =>
      xml('ListVersionsResult', [
        ['Name', bucket],
        ['Prefix', encode(prefix)],
        ['KeyMarker', encode(afterKey)],
        ['VersionIdMarker', afterVersionId],
        ...(next === undefined ? [] : ([['NextKeyMarker', encode(next.key)]] as XmlNode[])),
        ...(next?.versionId ? ([['NextVersionIdMarker', next.versionId]] as XmlNode[]) : []),
        ['MaxKeys', limit],
        ...delimiterNodes(delimiter, encode),
        ['IsTruncated', next !== undefined],
        ...nodes,
        ...entries.map((entry) => versionNode(entry, encode, ownerNode(caller))),
        ...prefixNodes(commonPrefixes, encode),
      ]),
  )
}

function versionNode(entry: ListedVersion, encode: Encode, owner: XmlNode[]): XmlNode {
  const named: XmlNode[] = [
    ['Key', encode(entry.key)],
    ['VersionId', entry.versionId],
    ['IsLatest', entry.isLatest],
    ['LastModified', formatIsoDate(entry.lastModified)],
  ]
  if (entry.kind === 'delete-marker') return ['DeleteMarker', [...named, ['Owner', owner]]]
  return [
    'Version',
    [
      ...named,
      ['ETag', quoted(entry.etag)],
      ['Size', entry.size],
      ['Owner', owner],
      ['StorageClass', storageClassWord(entry.storageClass)],
    ],
  ]
}
