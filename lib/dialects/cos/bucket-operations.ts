import { StoreError } from '../../errors.ts'
import { command, type Command } from '../dialect.ts'
import { formatIsoDate } from '../http/dates.ts'
import { malformed, textOf } from '../http/xml-read.ts'
import type { XmlNode } from '../http/xml-write.ts'
import { readBucketAcl } from './acl.ts'
import { empty, ownerNodes, xml } from './answers.ts'
import { wholeNumber, type BucketRequest, type CosRequest } from './cos-request.ts'
import { readDelete, readDocument, readOptionalDocument } from './documents.ts'
import { CosRefusal, errorWords } from './errors.ts'
import { checkWriteHeaders } from './write-headers.ts'

const MAX_BUCKETS = 2000

/** GET Service (document 436/8291): buckets of the project, in pages by name where `marker` or `max-keys` ask for them. */
export function listBuckets(request: CosRequest): Command {
  const { query, caller } = request
  const marker = query.get('marker') ?? ''
  const limit = wholeNumber(request, 'max-keys', MAX_BUCKETS, MAX_BUCKETS)
  return command({ name: 'ListBuckets' }, ({ buckets }) => {
    const following = buckets.filter(({ name }) => name > marker)
    const page = following.slice(0, limit)
    const truncated = following.length > page.length
    return xml('ListAllMyBucketsResult', [
      ['Owner', ownerNodes(caller)],
      ...(marker === '' ? [] : ([['Marker', marker]] as XmlNode[])),
      ['IsTruncated', truncated],
      ...(truncated ? ([['NextMarker', page.at(-1)?.name ?? marker]] as XmlNode[]) : []),
      [
        'Buckets',
        page.map((bucket): XmlNode => [
          'Bucket',
          [
            ['Name', bucket.name],
            ['Location', bucket.region],
            ['CreationDate', formatIsoDate(bucket.createdAt)],
            ['BucketType', 'cos'],
          ],
        ]),
      ],
    ])
  })
}

/** The name as it is given, APPID and all: whose it is, the signature says. */
export async function createBucket(request: BucketRequest): Promise<Command> {
  const { bucket, fields } = request
  checkWriteHeaders(fields)
  const document = await readOptionalDocument(request, 'CreateBucketConfiguration')
  // BucketAZConfig says in how many of Tencent's zones a bucket lies; OFS would be another kind of store.
  const kind = document && textOf(document, 'BucketArchConfig')?.trim()
  if (kind && kind !== 'COS')
    throw new StoreError('NotImplemented', 'Buckets with metadata acceleration are not implemented.')
  const acl = readBucketAcl(request)
  return command({ name: 'CreateBucket', bucket, ...(acl && { acl }) }, () =>
    empty(200, { location: `/${bucket}` }),
  )
}

export function headBucket({ bucket }: BucketRequest): Command {
  return command({ name: 'HeadBucket', bucket }, (result) =>
    empty(200, { 'x-cos-bucket-region': result.bucket.region }),
  )
}

export function deleteBucket({ bucket }: BucketRequest): Command {
  return command({ name: 'DeleteBucket', bucket }, () => empty(204))
}

export function getBucketLocation({ bucket }: BucketRequest): Command {
  return command({ name: 'HeadBucket', bucket }, ({ bucket: { region } }) =>
    xml('LocationConstraint', region),
  )
}

export function getBucketVersioning({ bucket }: BucketRequest): Command {
  return command({ name: 'GetBucketVersioning', bucket }, ({ state }) =>
    xml('VersioningConfiguration', state === undefined ? [] : [['Status', state]]),
  )
}

export async function putBucketVersioning(request: BucketRequest): Promise<Command> {
  const document = await readDocument(request, 'VersioningConfiguration')
  const state = textOf(document, 'Status')?.trim()
  if (state !== 'Enabled' && state !== 'Suspended') throw malformed()
  return command({ name: 'PutBucketVersioning', bucket: request.bucket, state }, () => empty(200))
}

/** Configurations that a bucket can have on COS and none has here: reading one truthfully says there is none. */
const ABSENT: ReadonlyMap<string, { code: string; message: string }> = new Map([
  ['tagging', { code: 'NoSuchTagSet', message: 'The TagSet does not exist.' }],
  ['website', { code: 'NoSuchWebsiteConfiguration', message: 'The website configuration does not exist.' }],
  [
    'replication',
    {
      code: 'ReplicationConfigurationNotFoundError',
      message: 'The replication configuration was not found.',
    },
  ],
])

export const absentConfigurations: readonly string[] = [...ABSENT.keys()]

export function getAbsentConfiguration(subresource: string): (request: BucketRequest) => Command {
  const { code, message } = ABSENT.get(subresource)!
  return ({ bucket }) =>
    command({ name: 'HeadBucket', bucket }, () => {
      throw new CosRefusal({ status: 404, code }, 'InvalidRequest', message)
    })
}

export async function deleteObjects(request: BucketRequest): Promise<Command> {
  const { bucket } = request
  if (request.fields.get('content-md5') === undefined)
    throw new StoreError('InvalidRequest', 'Missing required header for this request: Content-MD5')
  const { objects, quiet } = await readDelete(request)
  return command({ name: 'DeleteObjects', bucket, objects, quiet }, ({ deleted, failed }) =>
    xml('DeleteResult', [
      ...(quiet ? [] : deleted).map((object): XmlNode => [
        'Deleted',
        [
          ['Key', object.key],
          ...(object.versionId === undefined ? [] : ([['VersionId', object.versionId]] as XmlNode[])),
          ...(object.deleteMarker ? ([['DeleteMarker', true]] as XmlNode[]) : []),
          ...(object.deleteMarkerVersionId === undefined
            ? []
            : ([['DeleteMarkerVersionId', object.deleteMarkerVersionId]] as XmlNode[])),
        ],
      ]),
      ...failed.map(({ key, versionId, error }): XmlNode => {
        const { code, message } = errorWords(error)
        return [
          'Error',
          [
            ['Key', key],
            ...(versionId === undefined ? [] : ([['VersionId', versionId]] as XmlNode[])),
            ['Code', code],
            ['Message', message],
          ],
        ]
      }),
    ]),
  )
}
