import { isStoreError, StoreError } from '../errors.ts'
import type { KeyRulesRow } from '../keys/keyring.ts'
import { decideKeyUse } from '../policy/decide-key-use.ts'
import type { ConditionFacts, Decision } from '../policy/model.ts'
import { principalOf } from '../policy/principals.ts'
import { refusal } from '../policy/refusal.ts'
import { encryptionContextConditions, requestConditions } from '../policy/request-conditions.ts'
import { bucketArn, objectArn } from '../policy/resources.ts'
import { roleEffect } from '../policy/roles.ts'
import { storedPolicy } from '../policy/stored-policy.ts'
import { reportKeyUse, type KeyAction, type ReportedUse } from './key-use-log.ts'
import { denied, type Asker } from './authorize.ts'
import type { StoreDeps } from './deps.ts'
import type { Bucket } from './model.ts'

/** One use of a managed key for an object. */
export interface KeyUse {
  action: KeyAction
  bucket: Bucket
  objectKey: string
  /** as the request or the row names it; undefined: the project's default key */
  keyRef: string | undefined
  context: Readonly<Record<string, string>>
  bucketKeyEnabled: boolean
}

type Deps = Pick<StoreDeps, 'keyring' | 'region'>

/**
 * Right to the object is not right to its key: a managed key must let the caller use it, for itself, beside every
 * need of S3 (S3 user guide, "Using SSE-KMS"). Nobody without a name ever may. What became of it is reported.
 * @param version which version of the key `work` used
 * @throws StoreError AccessDenied | Key*, and whatever `work` throws
 */
export async function useKey<T>(
  deps: StoreDeps,
  asker: Asker,
  use: KeyUse,
  work: () => Promise<T>,
  version: (done: T) => number | undefined,
): Promise<T> {
  // A row names its key by id, whoever asks.
  let keyId = isOfRow(use) ? use.keyRef : undefined
  try {
    await requireKeyUse(deps, asker, use, (found) => (keyId = found))
    if (!isOfRow(use)) await asker.context.beforeManagedKey?.(use.bucket)
    const done = await work()
    reportKeyUse(deps, asker, { ...use, keyId, keyVersion: version(done) })
    return done
  } catch (error) {
    reportKeyUse(deps, asker, { ...use, keyId, keyVersion: undefined }, error)
    throw error
  }
}

/** A key that a row names, not the request. */
function isOfRow({ action }: KeyUse): boolean {
  return action === 'kms:Decrypt' || action === 'kms:ReEncryptFrom'
}

/** Reports a use that no key policy guards: of a service's or a customer's key, or by the server itself. */
export async function reportingUse<T>(
  deps: StoreDeps,
  asker: Asker,
  use: Omit<ReportedUse, 'keyVersion'>,
  work: () => Promise<T>,
  named: (done: T) => Pick<ReportedUse, 'keyId' | 'keyVersion'>,
): Promise<T> {
  try {
    const done = await work()
    reportKeyUse(deps, asker, { ...use, ...named(done) })
    return done
  } catch (error) {
    reportKeyUse(deps, asker, { ...use, keyVersion: undefined }, error)
    throw error
  }
}

async function requireKeyUse(
  deps: Deps,
  asker: Asker,
  use: KeyUse,
  found?: (keyId: string) => void,
): Promise<void> {
  const { caller } = asker
  if (caller.kind === 'anonymous') throw signatureRequired()
  const own = caller.projectId === use.bucket.projectId
  const rules = await rulesOf(deps, use, own)
  found?.(rules.keyId)
  const decision = judgeKeyUse(deps, asker, use, rules)
  if (!decision.allowed) throw own ? refusal(decision, use.action, rules.arn) : denied()
}

/** Whatever lets nobody in particular read an object, its managed key is for those who sign (S3, COS: SSE-KMS). */
export function signatureRequired(): StoreError {
  return new StoreError(
    'SignatureRequired',
    'Requests specifying Server Side Encryption with KMS managed keys require a signature.',
    { argument: 'Authorization' },
  )
}

/** For what an answer leaves out instead of refusing. */
export async function isKeyUseAllowed(deps: Deps, asker: Asker, use: KeyUse): Promise<boolean> {
  try {
    await requireKeyUse(deps, asker, use)
    return true
  } catch (error) {
    if (isStoreError(error)) return false
    throw error
  }
}

/** A stranger to the project cannot find out by its answers which keys it has. */
async function rulesOf({ keyring }: Deps, use: KeyUse, own: boolean): Promise<KeyRulesRow> {
  const { bucket, keyRef } = use
  try {
    return await keyring.keyRules(bucket.projectId, keyRef)
  } catch (error) {
    if (!isStoreError(error)) throw error
    // The row names it, not the request: then the row is damaged.
    if (isOfRow(use) && error.code === 'KeyIdMalformed')
      throw new StoreError('ObjectCorrupt', 'The object does not pass its integrity check')
    throw own ? error : denied()
  }
}

function judgeKeyUse(
  { region }: Deps,
  { caller, context }: Asker,
  use: KeyUse,
  { arn, account, policy, grants }: KeyRulesRow,
): Decision {
  if (caller.kind === 'anonymous') throw denied()
  const plain = policy === undefined && grants.length === 0 && caller.memberPolicy === undefined
  if (plain && caller.account === account) {
    const effect = roleEffect(caller.role, use.action)
    return { allowed: effect === 'Allow', layer: 'role', rule: effect && caller.role }
  }
  const conditions = { ...requestConditions(context), ...keyConditions(use, region) }
  const question = { principal: principalOf(caller), action: use.action, resource: arn, conditions }
  const keyPolicy = policy === undefined ? undefined : storedPolicy(policy, 'key')
  return decideKeyUse(question, { policy: keyPolicy, grants, keyAccount: account })
}

/** S3 names the object in the context itself, or the bucket where a bucket key is on (S3 user guide, "Encryption context"). */
function keyConditions(use: KeyUse, region: string): ConditionFacts {
  const { bucket, objectKey, context, bucketKeyEnabled } = use
  const arn = bucketKeyEnabled ? bucketArn(bucket.name) : objectArn(bucket.name, objectKey)
  return {
    ...encryptionContextConditions({ ...context, 'aws:s3:arn': arn }),
    'kms:ViaService': `s3.${region}.amazonaws.com`,
  }
}
