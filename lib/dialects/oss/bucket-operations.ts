import { isStoreError, StoreError } from '../../errors.ts'
import type { BucketEncryptionRule } from '../../store/encryption-model.ts'
import type { Bucket } from '../../store/model.ts'
import { command, type Command } from '../dialect.ts'
import { formatIsoDate } from '../http/dates.ts'
import { malformed } from '../http/xml-read.ts'
import type { XmlNode } from '../http/xml-write.ts'
import type { RawResponse } from '../raw.ts'
import { readBucketAcl } from './acl.ts'
import { empty, ownerNode, xml } from './answers.ts'
import { ruleNodes } from './bucket-encryption.ts'
import { readDocument, requireDocument, trimmed } from './documents.ts'
import { readEncryption } from './headers.ts'
import { wholeNumber, type BucketRequest, type OssRequest } from './oss-request.ts'
import { checkWriteHeaders } from './write-headers.ts'

const MAX_BUCKETS = 100

/** GetService. */
export function listBuckets(request: OssRequest): Command {
  const { query, caller, host } = request
  const prefix = query.get('prefix') ?? ''
  const marker = query.get('marker') ?? ''
  const limit = wholeNumber(request, 'max-keys', MAX_BUCKETS, { minimum: 1, maximum: 1000 })
  return command({ name: 'ListBuckets' }, ({ buckets }) => {
    const matching = buckets.filter(({ name }) => name.startsWith(prefix) && name > marker)
    const page = matching.slice(0, limit)
    const truncated = matching.length > page.length
    return xml('ListAllMyBucketsResult', [
      ...(prefix === '' ? [] : ([['Prefix', prefix]] as XmlNode[])),
      ...(marker === '' ? [] : ([['Marker', marker]] as XmlNode[])),
      ['MaxKeys', limit],
      ['IsTruncated', truncated],
      ...(truncated ? ([['NextMarker', page.at(-1)!.name]] as XmlNode[]) : []),
      ownerNode(caller),
      ['Buckets', page.map((bucket): XmlNode => ['Bucket', bucketNodes(bucket, host)])],
    ])
  })
}

/** oss2 cannot read a bucket that lacks one of these. */
function bucketNodes({ name, region, createdAt }: Bucket, host: string): XmlNode[] {
  return [
    ['Name', name],
    ['CreationDate', formatIsoDate(createdAt)],
    ['Location', locationOf(region)],
    ['Region', region],
    ['ExtranetEndpoint', endpointOf(host, name)],
    ['IntranetEndpoint', endpointOf(host, name)],
    ['StorageClass', 'Standard'],
  ]
}

function locationOf(region: string): string {
  return `oss-${region}`
}

/** Where the client found us; it puts the bucket in front of it by itself. */
function endpointOf(host: string, bucket: string): string {
  return host.startsWith(`${bucket}.`) ? host.slice(bucket.length + 1) : host
}

/** PutBucket. Encryption headers become the bucket's rule (aliyun-oss.md §2, "Where"). */
export async function createBucket(request: BucketRequest): Promise<Command> {
  const { bucket, fields } = request
  checkWriteHeaders(fields)
  const encryption = ruleOf(request)
  const acl = readBucketAcl(fields)
  await checkConfiguration(request)
  const create = {
    name: 'CreateBucket',
    bucket,
    ...(encryption && { encryption }),
    ...(acl && { acl }),
  } as const
  return {
    operation: create,
    run: async ({ store }, caller, context) => {
      try {
        await store.run(create, caller, context)
      } catch (error) {
        // Making a bucket that is one's own is no error to OSS, but says how it shall be from now on.
        if (!isStoreError(error) || error.code !== 'BucketAlreadyOwnedByYou') throw error
        if (encryption)
          await store.run({ name: 'PutBucketEncryption', bucket, rule: encryption }, caller, context)
        if (acl) await store.run({ name: 'PutBucketAcl', bucket, acl }, caller, context)
      }
      return empty(200, { location: `/${bucket}` })
    },
  }
}

function ruleOf({ fields }: BucketRequest): BucketEncryptionRule | undefined {
  const choice = readEncryption(fields)
  switch (choice.kind) {
    case 'service-key':
      return choice
    case 'managed-key':
      return {
        kind: 'managed-key',
        suite: choice.suite,
        bucketKeyEnabled: false,
        ...(choice.keyRef !== undefined && { keyRef: choice.keyRef }),
      }
    default:
      return undefined
  }
}

/** All classes and redundancies lie on the same disks; a class that objects would get by themselves is not kept for a bucket. */
async function checkConfiguration(request: BucketRequest): Promise<void> {
  const document = await readDocument(request, 'CreateBucketConfiguration')
  const storageClass = document && trimmed(document, 'StorageClass')
  if (storageClass !== undefined && storageClass !== 'Standard')
    throw new StoreError('NotImplemented', 'Storage classes of buckets are not implemented.', {
      value: storageClass,
    })
}

export function headBucket({ bucket }: BucketRequest): Command {
  return command({ name: 'HeadBucket', bucket }, (result) =>
    empty(200, { 'x-oss-bucket-region': result.bucket.region }),
  )
}

export function deleteBucket({ bucket }: BucketRequest): Command {
  return command({ name: 'DeleteBucket', bucket }, () => empty(204))
}

export function getBucketLocation({ bucket }: BucketRequest): Command {
  return command({ name: 'HeadBucket', bucket }, (result) =>
    xml('LocationConstraint', locationOf(result.bucket.region)),
  )
}

/** The rule stands here without its wrapper, and says `None` where there is none (aliyun-oss.md §2). */
export function getBucketInfo({ bucket: name, host, caller }: BucketRequest): Command {
  return command(
    { name: 'GetBucketAcl', bucket: name },
    ({ bucket, acl, publicAccessBlocked }): RawResponse => {
      const rule = ruleNodes(bucket.encryption) ?? [['SSEAlgorithm', 'None']]
      const nodes: XmlNode[] = [
        ...bucketNodes(bucket, host),
        ['AccessMonitor', 'Disabled'],
        ['TransferAcceleration', 'Disabled'],
        ['CrossRegionReplication', 'Disabled'],
        ['DataRedundancyType', 'LRS'],
        ['BlockPublicAccess', publicAccessBlocked],
        ['Comment', ''],
        ownerNode(caller),
        ['AccessControlList', [['Grant', acl]]],
        ['ServerSideEncryptionRule', rule],
        [
          'BucketPolicy',
          [
            ['LogBucket', ''],
            ['LogPrefix', ''],
          ],
        ],
      ]
      if (bucket.versioning !== undefined) nodes.push(['Versioning', bucket.versioning])
      return xml('BucketInfo', [['Bucket', nodes]])
    },
  )
}

export function getBucketVersioning({ bucket }: BucketRequest): Command {
  return command({ name: 'GetBucketVersioning', bucket }, ({ state }) =>
    xml('VersioningConfiguration', state === undefined ? [] : [['Status', state]]),
  )
}

export async function putBucketVersioning(request: BucketRequest): Promise<Command> {
  const { bucket } = request
  const document = await requireDocument(request, 'VersioningConfiguration')
  const state = trimmed(document, 'Status')
  if (state !== 'Enabled' && state !== 'Suspended') throw malformed()
  return command({ name: 'PutBucketVersioning', bucket, state }, () => empty(200))
}

/** Configurations that a bucket can have in OSS and none has here: reading one truthfully says there is none. */
const ABSENT_CONFIGURATIONS: ReadonlyMap<string, { code: string; message: string }> = new Map([
  [
    'website',
    {
      code: 'NoSuchWebsiteConfiguration',
      message: 'The specified bucket does not have a website configuration.',
    },
  ],
  ['worm', { code: 'NoSuchWORMConfiguration', message: 'The WORM configuration does not exist.' }],
])

export const absentConfigurations: readonly string[] = [...ABSENT_CONFIGURATIONS.keys()]

export function absentConfiguration(subResource: string): { code: string; message: string } {
  return ABSENT_CONFIGURATIONS.get(subResource)!
}
