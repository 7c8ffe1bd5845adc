import type { AuditActor } from '../audit/model.ts'
import { isStoreError } from '../errors.ts'
import type { Asker } from './authorize.ts'
import type { StoreDeps } from './deps.ts'
import type { Bucket } from './model.ts'

/** A data key made, opened, or wrapped anew: taken from one key, given to another (KMS API reference, ReEncrypt). */
export type KeyAction = 'kms:GenerateDataKey' | 'kms:Decrypt' | 'kms:ReEncryptFrom' | 'kms:ReEncryptTo'

/** A use of a key for an object, as the audit log keeps it. */
export interface ReportedUse {
  action: KeyAction
  bucket: Bucket
  objectKey: string
  /** a customer's key has no name; undefined also: one that could not be found */
  keyId: string | undefined
  keyVersion: number | undefined
  /** whose key; default: a managed one */
  owner?: 'service' | 'customer'
  /** opened to prove an object's headers: no plaintext of it went out */
  headersOnly?: boolean
}

/** Reports one use; with an error it was refused or failed. Costs no more than to keep it in memory. */
export function reportKeyUse(
  deps: Pick<StoreDeps, 'audit' | 'now'>,
  asker: Asker,
  use: ReportedUse,
  error?: unknown,
): void {
  const { action, bucket, objectKey, keyId, keyVersion, owner, headersOnly } = use
  deps.audit.record({
    at: deps.now(),
    projectId: bucket.projectId,
    actor: actorOf(asker),
    action,
    keyId,
    keyVersion,
    bucket: bucket.name,
    objectKey,
    result: resultOf(error),
    requestId: asker.context.requestId,
    details: { via: 's3', ...anonymous(asker), ...(owner && { owner }), ...(headersOnly && { headersOnly }) },
  })
}

/** Else one who gave no name would look like the server itself, which has none either. */
export function anonymous({ caller }: Asker): { anonymous?: true } {
  return caller.kind === 'anonymous' ? { anonymous: true } : {}
}

export function actorOf({ caller, context }: Asker): AuditActor {
  const member = caller.kind === 'member' ? caller : undefined
  return {
    userId: member?.userId,
    accessKeyId: member?.accessKeyId,
    sourceAddress: context.remoteAddress,
  }
}

/** 'Success', or the code of what was thrown. */
export function resultOf(error: unknown): string {
  if (error === undefined) return 'Success'
  return isStoreError(error) ? error.code : 'InternalError'
}
