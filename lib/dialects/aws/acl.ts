import { StoreError } from '../../errors.ts'
import type { Caller, CannedAcl } from '../../store/model.ts'
import { command, type Command } from '../dialect.ts'
import {
  aclNodes,
  aclOfDocument,
  aclOfGrantHeaders,
  grantNotImplemented,
  type GranteeOf,
} from '../http/canned-acl.ts'
import type { RawResponse } from '../raw.ts'
import { empty, xml } from './answers.ts'
import type { BucketRequest, ObjectRequest } from './aws-request.ts'
import { readDocument } from './documents.ts'
import { errorAnswer } from './errors.ts'
import { ownerId, ownerNode } from './owner.ts'
import type { RequestHeaders } from './request-headers.ts'
import { readVersion, versionHeaders } from './versions.ts'

const GRANT = 'x-amz-grant-'
const GROUPS = 'http://acs.amazonaws.com/groups/global/'
const GROUP_NAMES = { everybody: `${GROUPS}AllUsers`, signed: `${GROUPS}AuthenticatedUsers` } as const

/** S3's words; what they give to the bucket's owner is his here anyway (S3 user guide, "Canned ACL"). */
const WORDS: ReadonlyMap<string, CannedAcl | undefined> = new Map([
  ['private', 'private'],
  ['public-read', 'public-read'],
  ['public-read-write', 'public-read-write'],
  ['authenticated-read', 'authenticated-read'],
  ['bucket-owner-read', 'private'],
  ['bucket-owner-full-control', 'private'],
  ['aws-exec-read', undefined],
  ['log-delivery-write', undefined],
])

/**
 * The ACL that a request's headers ask for, undefined when they say nothing.
 * @throws StoreError InvalidArgument | InvalidRequest (both forms) | NotImplemented (grants that no canned ACL has)
 */
export function readAclHeaders(headers: RequestHeaders, caller: Caller): CannedAcl | undefined {
  const word = headers.get('x-amz-acl')
  const granted = grantHeaders(headers)
  if (word !== undefined && granted.length > 0)
    throw new StoreError('InvalidRequest', 'Specifying both Canned ACLs and Header Grants is not allowed')
  if (granted.length > 0) return aclOfGrantHeaders(granted, granteeOf(caller))
  if (word === undefined) return undefined
  if (!WORDS.has(word))
    throw new StoreError('InvalidArgument', 'The canned ACL you specified is not valid', {
      argument: 'x-amz-acl',
      value: word,
    })
  const acl = WORDS.get(word)
  if (acl === undefined) throw grantNotImplemented()
  return acl
}

/** S3 has no word for an ACL that is its bucket's: what its clients write is private unless they say otherwise. */
export function readObjectAcl(headers: RequestHeaders, caller: Caller): CannedAcl {
  return readAclHeaders(headers, caller) ?? 'private'
}

/** Names behind their prefix. */
function grantHeaders(headers: RequestHeaders): [name: string, value: string][] {
  return [...headers.startingWith(GRANT)].map(([name, value]) => [name.slice(GRANT.length), value])
}

/** Who is not the owner or a group is nobody we could grant something to. @throws StoreError NotImplemented */
function granteeOf(caller: Caller): GranteeOf {
  return (id, uri) => {
    if (uri === GROUP_NAMES.everybody) return 'everybody'
    if (uri === GROUP_NAMES.signed) return 'signed'
    if (uri === undefined && id !== undefined && id !== '' && id === ownerId(caller)) return 'owner'
    throw grantNotImplemented()
  }
}

export function getBucketAcl({ bucket, caller }: BucketRequest): Command {
  return command({ name: 'GetBucketAcl', bucket }, ({ acl }) => accessControlPolicy(acl, caller))
}

export function getObjectAcl({ bucket, key, query, caller }: ObjectRequest): Command {
  return command({ name: 'GetObjectAcl', bucket, key, ...readVersion(query) }, (result) =>
    accessControlPolicy(result.effective, caller, versionHeaders(result)),
  )
}

export async function putBucketAcl(request: BucketRequest): Promise<Command> {
  const { bucket } = request
  return command({ name: 'PutBucketAcl', bucket, acl: await readAcl(request) }, () => empty(200))
}

export async function putObjectAcl(request: ObjectRequest): Promise<Command> {
  const { bucket, key, query } = request
  const acl = await readAcl(request)
  return command({ name: 'PutObjectAcl', bucket, key, acl, ...readVersion(query) }, (result) =>
    empty(200, versionHeaders(result)),
  )
}

/** In the headers or in the document, not in both. @throws StoreError InvalidRequest | MalformedXML | NotImplemented */
async function readAcl(request: BucketRequest): Promise<CannedAcl> {
  const inHeaders = readAclHeaders(request.headers, request.caller)
  const document = await readDocument(request, 'AccessControlPolicy')
  if ((inHeaders === undefined) === (document === undefined))
    throw new StoreError(
      'InvalidRequest',
      'The ACL must be given either by x-amz-acl or x-amz-grant headers or by a document.',
    )
  return inHeaders ?? aclOfDocument(document!, granteeOf(request.caller))
}

function accessControlPolicy(
  acl: CannedAcl,
  caller: Caller,
  headers: Record<string, string> = {},
): RawResponse {
  const answer = xml('AccessControlPolicy', aclNodes(acl, ownerNode(caller), GROUP_NAMES))
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

/** The installation's, which no bucket can loosen (COFFER_PUBLIC_ACCESS). */
export function getPublicAccessBlock({ bucket }: BucketRequest): Command {
  return command({ name: 'GetBucketAcl', bucket }, ({ publicAccessBlocked }) =>
    publicAccessBlocked
      ? xml('PublicAccessBlockConfiguration', [
          ['BlockPublicAcls', true],
          ['IgnorePublicAcls', true],
          ['BlockPublicPolicy', true],
          ['RestrictPublicBuckets', true],
        ])
      : errorAnswer(
          404,
          'NoSuchPublicAccessBlockConfiguration',
          'The public access block configuration was not found',
          [['BucketName', bucket]],
        ),
  )
}

/** Objects belong to the bucket's owner, whoever writes them, and have ACLs. */
export function getOwnershipControls({ bucket }: BucketRequest): Command {
  return command({ name: 'GetBucketAcl', bucket }, () =>
    xml('OwnershipControls', [['Rule', [['ObjectOwnership', 'BucketOwnerPreferred']]]]),
  )
}
