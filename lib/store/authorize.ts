import { StoreError } from '../errors.ts'
import { decide } from '../policy/decide.ts'
import type { Action, ConditionFacts, Decision, PolicyLayer } from '../policy/model.ts'
import { principalOf } from '../policy/principals.ts'
import { refusal } from '../policy/refusal.ts'
import { requestConditions } from '../policy/request-conditions.ts'
import { bucketArn, objectArn } from '../policy/resources.ts'
import { roleEffect } from '../policy/roles.ts'
import { storedPolicy } from '../policy/stored-policy.ts'
import { aclGrants, type AclPermission } from './canned-acl.ts'
import type { StoreDeps } from './deps.ts'
import type { Bucket, Caller } from './model.ts'
import type { RequestContext } from './operations.ts'

/** Who asks, with the facts of his request that rules may speak of. */
export interface Asker {
  caller: Caller
  context: RequestContext
}

/** What somebody needs: an action of S3 on a bucket, or on an object in it. */
export interface Need {
  action: `s3:${string}`
  /** undefined: the bucket itself */
  key?: string
  /** what policies may ask besides; looked at only where there is a policy */
  conditions?: (bucket: Bucket) => ConditionFacts | Promise<ConditionFacts>
}

/** What the rules say, or an ACL where none of them says anything. */
export type Judged = Decision<PolicyLayer | 'acl'>

type Member = Caller & { kind: 'member' }
type Rules = Pick<StoreDeps, 'accountOf' | 'publicAccess'>

/**
 * For acts on no bucket that is there yet: listing and making them.
 * @throws StoreError AccessDenied
 */
export function requireMember({ caller, context }: Asker, action: `s3:${string}`, bucket = '*'): Member {
  if (caller.kind === 'anonymous') throw denied()
  const conditions = requestConditions(context)
  const resource = bucketArn(bucket)
  const decision = decide({ principal: principalOf(caller), action, resource, conditions })
  if (!decision.allowed) throw refusal(decision, action, resource)
  return caller
}

/**
 * The bucket, if the caller may do this to it. Another project's bucket is AccessDenied, as on AWS; an
 * anonymous caller learns nothing, not even whether the bucket exists.
 * @throws StoreError AccessDenied | NoSuchBucket
 */
export async function authorizedBucket(
  deps: StoreDeps,
  asker: Asker,
  name: string,
  need: Need,
): Promise<Bucket> {
  const bucket = await findBucket(deps, asker, name, need.action)
  await requireAllowed(deps, asker, bucket, need)
  return bucket
}

/**
 * The bucket, not yet authorised: for uses that ask about each of many objects, or for one of several rights.
 * @throws StoreError AccessDenied | NoSuchBucket
 */
export async function findBucket(
  deps: StoreDeps,
  asker: Asker,
  name: string,
  action: `s3:${string}`,
): Promise<Bucket> {
  const bucket = await deps.catalog.findBucket(name)
  if (bucket === undefined) {
    // Who could not do it anyway does not learn which names are free.
    requireMember(asker, action, name)
    throw new StoreError('NoSuchBucket', 'The specified bucket does not exist', { bucket: name })
  }
  const { expectedOwner } = asker.context
  if (expectedOwner !== undefined && expectedOwner !== (await deps.accountOf(bucket.projectId)))
    throw denied()
  return bucket
}

/** @throws StoreError AccessDenied */
export async function requireAllowed(deps: Rules, asker: Asker, bucket: Bucket, need: Need): Promise<void> {
  const decision = await judge(deps, asker, bucket, need)
  if (!decision.allowed) throw refused(asker, bucket, need, decision)
}

/**
 * Judges one need: the rules, then, where none speaks of it, the bucket's ACL. ACLs of objects are looked at where their row
 * is read (readable-version.ts).
 */
export function judge(deps: Rules, asker: Asker, bucket: Bucket, need: Need): Judged | Promise<Judged> {
  const decision = judgeByRules(deps, asker, bucket, need)
  const permission = bucket.acl === undefined ? undefined : GIVEN_BY_ACL.get(need.action)
  if (permission === undefined || deps.publicAccess !== 'allowed') return decision
  const { acl = 'private' } = bucket
  const widened = (said: Decision): Judged =>
    !said.allowed && said.rule === undefined && aclGrants(acl, permission, asker.caller)
      ? { allowed: true, layer: 'acl', rule: acl }
      : said
  return decision instanceof Promise ? decision.then(widened) : widened(decision)
}

/**
 * What a bucket's ACL is about (S3 user guide, "ACL overview", "Mapping of ACL permissions"), and no more: uploads of others
 * are not listed or aborted by it, and objects not deleted.
 */
const GIVEN_BY_ACL: ReadonlyMap<Action, AclPermission> = new Map<Action, AclPermission>([
  ['s3:ListBucket', 'READ'],
  ['s3:PutObject', 'WRITE'],
])

/**
 * Judges one need by the rules alone. With neither a bucket policy nor one of the member's own, which is the common case, one
 * look into the table of his role decides, without a promise.
 */
function judgeByRules(
  deps: Rules,
  { caller, context }: Asker,
  bucket: Bucket,
  need: Need,
): Decision | Promise<Decision> {
  const own = caller.kind === 'member' && caller.projectId === bucket.projectId
  if (own && caller.memberPolicy === undefined && bucket.policy === undefined)
    return byRole(caller, need.action)
  // As S3's RestrictPublicBuckets: whatever a policy says to the world, nobody unknown is let in.
  if (caller.kind === 'anonymous' && (bucket.policy === undefined || deps.publicAccess !== 'allowed'))
    return NOBODY
  if (own && caller.role === 'owner' && MENDING.has(need.action)) return byRole(caller, need.action)
  return judgeByPolicies(deps, { caller, context }, bucket, need)
}

/** May he also do this? For what an answer leaves out instead of refusing. */
export async function isAllowed(deps: Rules, asker: Asker, bucket: Bucket, need: Need): Promise<boolean> {
  return (await judge(deps, asker, bucket, need)).allowed
}

/** The refusal of a need; a stranger to the project is not told by which of its rules. */
export function refused({ caller }: Asker, bucket: Bucket, need: Need, decision: Judged): StoreError {
  const own = caller.kind === 'member' && caller.projectId === bucket.projectId
  return own ? refusal(decision, need.action, resourceOf(bucket, need)) : denied()
}

export function denied(): StoreError {
  return new StoreError('AccessDenied', 'Access Denied')
}

/** An owner of the project can always mend a bucket policy, even one that denies everything to everybody. */
const MENDING: ReadonlySet<Action> = new Set<Action>([
  's3:GetBucketPolicy',
  's3:PutBucketPolicy',
  's3:DeleteBucketPolicy',
])

const NOBODY: Decision = { allowed: false, layer: 'bucket-policy', rule: undefined }

function byRole({ role }: Member, action: Action): Decision {
  const effect = roleEffect(role, action)
  return { allowed: effect === 'Allow', layer: 'role', rule: effect && role }
}

async function judgeByPolicies(
  deps: Rules,
  { caller, context }: Asker,
  bucket: Bucket,
  need: Need,
): Promise<Decision> {
  const question = {
    principal: principalOf(caller),
    action: need.action,
    resource: resourceOf(bucket, need),
    conditions: { ...(await need.conditions?.(bucket)), ...requestConditions(context) },
  }
  const resourcePolicy = bucket.policy === undefined ? undefined : storedPolicy(bucket.policy, 'bucket')
  return decide(question, { resourcePolicy, resourceAccount: await deps.accountOf(bucket.projectId) })
}

function resourceOf(bucket: Bucket, { key }: Need): string {
  return key === undefined ? bucketArn(bucket.name) : objectArn(bucket.name, key)
}
