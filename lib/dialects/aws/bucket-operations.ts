import { isStoreError, StoreError } from '../../errors.ts'
import type { BucketEncryptionRule } from '../../store/encryption-model.ts'
import { command, type Command } from '../dialect.ts'
import { formatIsoDate } from '../http/dates.ts'
import type { XmlNode } from '../http/xml-write.ts'
import { readAclHeaders } from './acl.ts'
import { empty, xml } from './answers.ts'
import type { AwsRequest, BucketRequest } from './aws-request.ts'
import { wholeNumber } from './aws-request.ts'
import { readEncryptionConfiguration, readLocationConstraint } from './documents.ts'
import { errorAnswer } from './errors.ts'
import { ownerNode } from './owner.ts'
import { decodeToken, encodeToken } from './tokens.ts'

const DEFAULT_REGION = 'us-east-1'
const MAX_BUCKETS = 10_000

export function listBuckets(request: AwsRequest): Command {
  const { query, caller } = request
  const prefix = query.get('prefix') ?? ''
  const region = query.get('bucket-region') || undefined
  const limit = wholeNumber(query.get('max-buckets'), 'max-buckets', MAX_BUCKETS, MAX_BUCKETS)
  const after = decodeToken(query.get('continuation-token'))
  return command({ name: 'ListBuckets' }, ({ buckets }) => {
    const ofRegion = buckets.filter((bucket) => region === undefined || bucket.region === region)
    const matching = ofRegion.filter(({ name }) => name.startsWith(prefix) && name > after)
    const page = matching.slice(0, limit)
    const last = page[page.length - 1]
    const nodes: XmlNode[] = [
      ['Owner', ownerNode(caller)],
      [
        'Buckets',
        page.map((bucket): XmlNode => [
          'Bucket',
          [
            ['Name', bucket.name],
            ['CreationDate', formatIsoDate(bucket.createdAt)],
            ['BucketRegion', bucket.region],
          ],
        ]),
      ],
    ]
    if (prefix !== '') nodes.push(['Prefix', prefix])
    if (last !== undefined && matching.length > page.length)
      nodes.push(['ContinuationToken', encodeToken(last.name)])
    return xml('ListAllMyBucketsResult', nodes)
  })
}

/** Whoever writes them (S3 user guide, "Controlling ownership of objects"); ACLs are off for nobody. */
const OWNERSHIPS: ReadonlySet<string> = new Set(['BucketOwnerEnforced', 'BucketOwnerPreferred'])

export async function createBucket(request: BucketRequest): Promise<Command> {
  const { bucket, headers, caller } = request
  const objectLock = headers.get('x-amz-bucket-object-lock-enabled')?.toLowerCase() === 'true'
  const ownership = headers.get('x-amz-object-ownership')
  if (ownership !== undefined && !OWNERSHIPS.has(ownership))
    throw new StoreError('NotImplemented', 'Objects belong to the bucket owner.')
  const acl = readAclHeaders(headers, caller)
  const region = await readLocationConstraint(request)
  const options = {
    ...(region !== undefined && { region }),
    ...(objectLock && { objectLock }),
    ...(acl && { acl }),
  }
  return command({ name: 'CreateBucket', bucket, ...options }, () => empty(200, { location: `/${bucket}` }))
}

export function headBucket({ bucket }: BucketRequest): Command {
  return command({ name: 'HeadBucket', bucket }, (result) =>
    empty(200, { 'x-amz-bucket-region': result.bucket.region, 'content-type': 'application/xml' }),
  )
}

export function deleteBucket({ bucket }: BucketRequest): Command {
  return command({ name: 'DeleteBucket', bucket }, () => empty(204))
}

/** The first region of AWS has no name here, a relic that clients know (S3 API reference, GetBucketLocation). */
export function getBucketLocation({ bucket }: BucketRequest): Command {
  return command({ name: 'HeadBucket', bucket }, ({ bucket: { region } }) =>
    xml('LocationConstraint', region === DEFAULT_REGION ? '' : region),
  )
}

/** Configurations that a bucket can have on S3 and none has here: reading one truthfully says there is none. */
const ABSENT_CONFIGURATIONS: ReadonlyMap<string, { code: string; message: string }> = new Map([
  ['tagging', { code: 'NoSuchTagSet', message: 'The TagSet does not exist' }],
  [
    'website',
    {
      code: 'NoSuchWebsiteConfiguration',
      message: 'The specified bucket does not have a website configuration',
    },
  ],
  [
    'replication',
    { code: 'ReplicationConfigurationNotFoundError', message: 'The replication configuration was not found' },
  ],
])

export const absentConfigurations: readonly string[] = [...ABSENT_CONFIGURATIONS.keys()]

export function getAbsentConfiguration(subresource: string): (request: BucketRequest) => Command {
  const { code, message } = ABSENT_CONFIGURATIONS.get(subresource)!
  return ({ bucket }) =>
    command({ name: 'HeadBucket', bucket }, () => errorAnswer(404, code, message, [['BucketName', bucket]]))
}

/** A missing bucket is reported before a bad document (aws-s3.md §2.4). */
export async function putBucketEncryption(request: BucketRequest): Promise<Command> {
  const { bucket } = request
  try {
    return command(
      { name: 'PutBucketEncryption', bucket, ...(await readEncryptionConfiguration(request)) },
      () => empty(200),
    )
  } catch (error) {
    return afterBucketExists(bucket, error)
  }
}

/** Fails with what is wrong in a document, unless the bucket is missing or the caller may not know of it. */
export function afterBucketExists(bucket: string, error: unknown): Command {
  const aboutTheDocument =
    isStoreError(error) && (error.code === 'MalformedXML' || error.code === 'InvalidArgument')
  if (!aboutTheDocument) throw error
  return command({ name: 'HeadBucket', bucket }, () => {
    throw error
  })
}

/**
 * A bucket without a rule says so as S3 did before 2023 and Ceph still does: what nobody asks to encrypt is
 * stored as plaintext here, and AES256 would be a false promise.
 */
export function getBucketEncryption({ bucket }: BucketRequest): Command {
  return command({ name: 'GetBucketEncryption', bucket }, ({ rule, customerKeysBlocked }) => {
    const nodes = [...ruleNodes(rule), ...(customerKeysBlocked ? BLOCKED : [])]
    if (nodes.length > 0) return xml('ServerSideEncryptionConfiguration', [['Rule', nodes]])
    return errorAnswer(
      404,
      'ServerSideEncryptionConfigurationNotFoundError',
      'The server side encryption configuration was not found',
      [['BucketName', bucket]],
    )
  })
}

const BLOCKED: XmlNode[] = [['BlockedEncryptionTypes', [['EncryptionType', 'SSE-C']]]]

function ruleNodes(rule: BucketEncryptionRule | undefined): XmlNode[] {
  if (rule === undefined || rule.kind === 'none') return []
  if (rule.kind === 'service-key')
    return [
      ['ApplyServerSideEncryptionByDefault', [['SSEAlgorithm', rule.suite]]],
      ['BucketKeyEnabled', false],
    ]
  const byDefault: XmlNode[] = [['SSEAlgorithm', 'aws:kms']]
  if (rule.keyRef !== undefined) byDefault.push(['KMSMasterKeyID', rule.keyRef])
  return [
    ['ApplyServerSideEncryptionByDefault', byDefault],
    ['BucketKeyEnabled', rule.bucketKeyEnabled],
  ]
}

export function deleteBucketEncryption({ bucket }: BucketRequest): Command {
  return command({ name: 'DeleteBucketEncryption', bucket }, () => empty(204))
}
