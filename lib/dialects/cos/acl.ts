import { StoreError } from '../../errors.ts'
import type { Caller, CannedAcl, ObjectAcl } from '../../store/model.ts'
import { command, type Command } from '../dialect.ts'
import {
  aclNodes,
  aclOfDocument,
  aclOfGrantHeaders,
  grantNotImplemented,
  type GranteeOf,
} from '../http/canned-acl.ts'
import type { RawResponse } from '../raw.ts'
import { empty, ownerNodes, versionHeader, xml } from './answers.ts'
import type { BucketRequest, CosRequest, ObjectRequest } from './cos-request.ts'
import { readOptionalDocument } from './documents.ts'
import { versionOf } from './object-operations.ts'
import type { RequestFields } from './request-fields.ts'

const GRANT = 'x-cos-grant-'
const GROUPS = 'http://cam.qcloud.com/groups/global/'
const GROUP_NAMES = { everybody: `${GROUPS}AllUsers`, signed: `${GROUPS}AuthenticatedUsers` } as const
const ANYONE = 'qcs::cam::anyone:anyone'

/** COS's words; what they give to the bucket's owner is his here anyway (document 436/30752). */
const WORDS: ReadonlyMap<string, ObjectAcl> = new Map<string, ObjectAcl>([
  ['default', 'default'],
  ['private', 'private'],
  ['public-read', 'public-read'],
  ['public-read-write', 'public-read-write'],
  ['authenticated-read', 'authenticated-read'],
  ['bucket-owner-read', 'private'],
  ['bucket-owner-full-control', 'private'],
])

type AclRequest = Pick<CosRequest, 'fields' | 'caller'>

/**
 * The ACL that a write asks for, undefined when it says nothing; in a form the field is `acl`.
 * @throws StoreError InvalidArgument | InvalidRequest (both forms) | NotImplemented (grants that no canned ACL has)
 */
export function readObjectAcl({ fields, caller }: AclRequest): ObjectAcl | undefined {
  const word = fields.get('x-cos-acl') ?? fields.get('acl')
  const granted = grantHeaders(fields)
  if (word !== undefined && granted.length > 0)
    throw new StoreError('InvalidRequest', 'x-cos-acl and x-cos-grant-* cannot be used together')
  if (granted.length > 0) return aclOfGrantHeaders(granted, granteeOf(caller))
  if (word === undefined) return undefined
  const acl = WORDS.get(word)
  if (acl === undefined) throw invalid(word)
  return acl
}

/** A bucket has none to inherit from. @throws as `readObjectAcl` */
export function readBucketAcl(request: AclRequest): CannedAcl | undefined {
  const acl = readObjectAcl(request)
  if (acl === 'default') throw invalid(acl)
  return acl
}

function invalid(value: string): StoreError {
  return new StoreError('InvalidArgument', 'x-cos-acl is not a known access control list', {
    argument: 'x-cos-acl',
    value,
  })
}

/** Names behind their prefix. */
function grantHeaders(fields: RequestFields): [name: string, value: string][] {
  return fields.startingWith(GRANT).map(([name, value]) => [name.slice(GRANT.length), value])
}

/** Who is not the owner or a group is nobody we could grant something to. @throws StoreError NotImplemented */
function granteeOf(caller: Caller): GranteeOf {
  return (id, uri) => {
    if (uri === GROUP_NAMES.everybody || id === ANYONE) return 'everybody'
    if (uri === GROUP_NAMES.signed) return 'signed'
    if (uri === undefined && caller.kind === 'member' && isAccount(id, caller.account)) return 'owner'
    throw grantNotImplemented()
  }
}

function isAccount(id: string | undefined, account: string): boolean {
  return id === account || id === `qcs::cam::uin/${account}:uin/${account}`
}

export function getBucketAcl({ bucket, caller }: BucketRequest): Command {
  return command({ name: 'GetBucketAcl', bucket }, ({ acl }) => accessControlPolicy(acl, caller, acl))
}

export function getObjectAcl(request: ObjectRequest): Command {
  const { bucket, key, caller } = request
  return command({ name: 'GetObjectAcl', bucket, key, ...versionOf(request) }, (result) =>
    accessControlPolicy(result.effective, caller, result.acl, versionHeader(result)),
  )
}

export async function putBucketAcl(request: BucketRequest): Promise<Command> {
  const { bucket } = request
  const acl = await readAcl(request, readBucketAcl(request))
  if (acl === 'default') throw invalid(acl)
  return command({ name: 'PutBucketAcl', bucket, acl }, () => empty(200))
}

export async function putObjectAcl(request: ObjectRequest): Promise<Command> {
  const { bucket, key } = request
  const acl = await readAcl(request, readObjectAcl(request))
  return command({ name: 'PutObjectAcl', bucket, key, acl, ...versionOf(request) }, (result) =>
    empty(200, versionHeader(result)),
  )
}

/** In the headers or in the document, not in both (document 436/7748). */
async function readAcl(request: CosRequest, inHeaders: ObjectAcl | undefined): Promise<ObjectAcl> {
  const document = await readOptionalDocument(request, 'AccessControlPolicy')
  if ((inHeaders === undefined) === (document === undefined))
    throw new StoreError(
      'InvalidRequest',
      'The ACL must be given either by x-cos-acl or x-cos-grant-* headers or by a document',
    )
  return inHeaders ?? aclOfDocument(document!, granteeOf(request.caller))
}

/** @param acl what it is called; `effective`, where that is `default`, what it comes to */
function accessControlPolicy(
  effective: CannedAcl,
  caller: Caller,
  acl: ObjectAcl,
  headers: Record<string, string> = {},
): RawResponse {
  const nodes = aclNodes(effective, ownerNodes(caller), GROUP_NAMES)
  return xml('AccessControlPolicy', nodes, { 'x-cos-acl': acl, ...headers })
}
