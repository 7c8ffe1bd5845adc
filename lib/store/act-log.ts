import type { Action } from '../policy/model.ts'
import type { Asker } from './authorize.ts'
import { isPublicAcl } from './canned-acl.ts'
import type { StoreDeps } from './deps.ts'
import { actorOf, resultOf } from './key-use-log.ts'
import type { Operation, OperationName } from './operations.ts'

type Details = Record<string, string | number | boolean>

/** Operations that change what holds for a whole bucket, or lock an object, by IAM's name of what they do. */
const ACTS: Partial<Record<OperationName, Action>> = {
  CreateBucket: 's3:CreateBucket',
  DeleteBucket: 's3:DeleteBucket',
  PutBucketEncryption: 's3:PutEncryptionConfiguration',
  DeleteBucketEncryption: 's3:PutEncryptionConfiguration',
  PutBucketPolicy: 's3:PutBucketPolicy',
  DeleteBucketPolicy: 's3:DeleteBucketPolicy',
  PutBucketAcl: 's3:PutBucketAcl',
  PutObjectAcl: 's3:PutObjectAcl',
  PutBucketVersioning: 's3:PutBucketVersioning',
  PutObjectLockConfiguration: 's3:PutBucketObjectLockConfiguration',
  PutObjectRetention: 's3:PutObjectRetention',
  PutObjectLegalHold: 's3:PutObjectLegalHold',
  PutBucketCors: 's3:PutBucketCORS',
  DeleteBucketCors: 's3:PutBucketCORS',
  PutBucketLifecycle: 's3:PutLifecycleConfiguration',
  DeleteBucketLifecycle: 's3:PutLifecycleConfiguration',
}

/** Longest bucket name; what is longer is refused and must not fill the log. */
const LONGEST_NAME = 63
/** characters; a key has at most 1,024 bytes */
const LONGEST_KEY = 1024

export function isAct(operation: Operation): boolean {
  return actionOf(operation) !== undefined
}

/** A write that makes public what it writes is as much an act as to make public what is there. */
function actionOf(operation: Operation): Action | undefined {
  const act = ACTS[operation.name]
  const makesPublic = 'acl' in operation && operation.acl !== undefined && isPublicAcl(operation.acl)
  return act ?? (makesPublic ? 's3:PutObjectAcl' : undefined)
}

/**
 * Does an administrative act and writes it to the log before it is answered. Refusals are only recorded: nobody who
 * may do nothing can make the server sync its disk.
 * @throws what `work` throws
 */
export async function reportingAct<T>(
  deps: StoreDeps,
  asker: Asker,
  operation: Operation,
  work: () => Promise<T>,
): Promise<T> {
  const action = actionOf(operation)
  if (action === undefined || !('bucket' in operation)) return work()
  const projectId = await projectOf(deps, asker, operation.bucket)
  const event = (error?: unknown) => ({
    at: deps.now(),
    projectId,
    actor: actorOf(asker),
    action,
    keyId: undefined,
    keyVersion: undefined,
    bucket: operation.bucket.slice(0, LONGEST_NAME),
    objectKey: 'key' in operation ? operation.key.slice(0, LONGEST_KEY) : undefined,
    result: resultOf(error),
    requestId: asker.context.requestId,
    details: detailsOf(operation),
  })
  let done: T
  try {
    done = await work()
  } catch (error) {
    deps.audit.record(event(error))
    throw error
  }
  await deps.audit.append(event())
  return done
}

/** The bucket's own project hears of it; one that is not there yet is the caller's. */
async function projectOf(
  { catalog }: StoreDeps,
  { caller }: Asker,
  bucket: string,
): Promise<string | undefined> {
  const found = await catalog.findBucket(bucket)
  return found?.projectId ?? (caller.kind === 'member' ? caller.projectId : undefined)
}

function detailsOf(operation: Operation): Details {
  switch (operation.name) {
    case 'CreateBucket':
      return {
        ...(operation.encryption && ruleDetails(operation.encryption)),
        ...(operation.acl !== undefined && { acl: operation.acl }),
      }
    case 'PutBucketEncryption': {
      const { rule, customerKeysBlocked } = operation
      return { ...ruleDetails(rule), ...(customerKeysBlocked !== undefined && { customerKeysBlocked }) }
    }
    case 'DeleteBucketEncryption':
      return { encryption: 'none' }
    case 'PutBucketPolicy':
      return { policyBytes: Buffer.byteLength(operation.policy) }
    case 'DeleteBucketPolicy':
      return { policyBytes: 0 }
    case 'PutBucketVersioning':
      return { versioning: operation.state }
    case 'PutObjectLockConfiguration': {
      const rule = operation.configuration.defaultRetention
      if (rule === undefined) return { retention: 'none' }
      return 'days' in rule
        ? { retention: rule.mode, days: rule.days }
        : { retention: rule.mode, years: rule.years }
    }
    case 'PutObjectRetention': {
      const { retention, bypassGovernance = false } = operation
      const until = retention && { retainUntil: new Date(retention.retainUntil).toISOString() }
      return { retention: retention?.mode ?? 'none', ...until, bypassGovernance }
    }
    case 'PutObjectLegalHold':
      return { legalHold: operation.on }
    case 'PutBucketCors':
    case 'PutBucketLifecycle':
      return { rules: operation.configuration.rules.length }
    case 'DeleteBucketCors':
    case 'DeleteBucketLifecycle':
      return { rules: 0 }
    default:
      return 'acl' in operation && operation.acl !== undefined ? { acl: operation.acl } : {}
  }
}

function ruleDetails(rule: {
  kind: string
  suite?: string
  keyRef?: string
  bucketKeyEnabled?: boolean
}): Details {
  const { kind: encryption, suite, keyRef, bucketKeyEnabled } = rule
  return {
    encryption,
    ...(suite !== undefined && { suite }),
    ...(keyRef !== undefined && { keyRef: keyRef.slice(0, 256) }),
    ...(bucketKeyEnabled !== undefined && { bucketKeyEnabled }),
  }
}
