import { StoreError } from '../../errors.ts'
import type { CannedAcl, ObjectAcl } from '../../store/model.ts'
import { command, type Command } from '../dialect.ts'
import type { RawResponse } from '../raw.ts'
import { empty, ownerNode, versionHeaders, xml } from './answers.ts'
import { versionOf, type BucketRequest, type ObjectRequest } from './oss-request.ts'
import type { RequestFields } from './request-fields.ts'

const BUCKET_ACL = 'x-oss-acl'
const OBJECT_ACL = 'x-oss-object-acl'

/** OSS's words (Aliyun, "PutBucketAcl"); authenticated-read is not one of them, but is shown as what it is. */
const WORDS: ReadonlySet<string> = new Set(['private', 'public-read', 'public-read-write'])

/**
 * The ACL that a write asks for its object, undefined when it says nothing. That of a bucket on an object is refused unless it
 * gives nothing: passed over, the object would be more open or less than its writer believes.
 * @throws StoreError InvalidArgument
 */
export function readObjectAcl(fields: RequestFields): ObjectAcl | undefined {
  const misplaced = fields.nonEmpty(BUCKET_ACL)
  if (misplaced !== undefined && misplaced !== 'private') throw invalid(BUCKET_ACL, misplaced)
  const acl = fields.nonEmpty(OBJECT_ACL)
  if (acl === undefined || acl === 'default' || isWord(acl)) return acl
  throw invalid(OBJECT_ACL, acl)
}

/** @throws StoreError InvalidArgument */
export function readBucketAcl(fields: RequestFields): CannedAcl | undefined {
  const acl = fields.nonEmpty(BUCKET_ACL)
  if (acl === undefined || isWord(acl)) return acl
  throw invalid(BUCKET_ACL, acl)
}

function isWord(acl: string): acl is CannedAcl {
  return WORDS.has(acl)
}

function invalid(argument: string, value?: string): StoreError {
  return new StoreError('InvalidArgument', `${argument} is not a known access control list.`, {
    argument,
    value,
  })
}

export function getBucketAcl({ bucket, caller }: BucketRequest): Command {
  return command({ name: 'GetBucketAcl', bucket }, ({ acl }) => accessControlPolicy(acl, caller))
}

export function putBucketAcl({ bucket, fields }: BucketRequest): Command {
  const acl = readBucketAcl(fields)
  if (acl === undefined) throw invalid(BUCKET_ACL)
  return command({ name: 'PutBucketAcl', bucket, acl }, () => empty(200))
}

/** `ossutil stat` asks for it first. */
export function getObjectAcl(request: ObjectRequest): Command {
  const { bucket, key, caller } = request
  return command({ name: 'GetObjectAcl', bucket, key, ...versionOf(request) }, (result) =>
    accessControlPolicy(result.acl, caller, versionHeaders(result)),
  )
}

export function putObjectAcl(request: ObjectRequest): Command {
  const { bucket, key, fields } = request
  const acl = readObjectAcl(fields)
  if (acl === undefined) throw invalid(OBJECT_ACL)
  return command({ name: 'PutObjectAcl', bucket, key, acl, ...versionOf(request) }, (result) =>
    empty(200, versionHeaders(result)),
  )
}

/** The installation's, which no bucket can loosen (COFFER_PUBLIC_ACCESS). */
export function getPublicAccessBlock({ bucket }: BucketRequest): Command {
  return command({ name: 'GetBucketAcl', bucket }, ({ publicAccessBlocked }) =>
    xml('PublicAccessBlockConfiguration', [['BlockPublicAccess', publicAccessBlocked]]),
  )
}

function accessControlPolicy(
  grant: ObjectAcl,
  caller: BucketRequest['caller'],
  headers: Record<string, string> = {},
): RawResponse {
  return xml('AccessControlPolicy', [ownerNode(caller), ['AccessControlList', [['Grant', grant]]]], headers)
}
