import type { AuditActor, AuditEvent, AuditLog } from '../audit/model.ts'
import { isStoreError } from '../errors.ts'
import type { KeyEntry } from '../keys/key-directory.ts'
import type { Caller } from '../store/model.ts'
import type { KeyOperationName, KeyRequestContext } from './operations.ts'

type Details = Record<string, string | number | boolean>

/** Uses of keys and looks at them: counted and chained, but nobody waits for the disk. All others are acts. */
const RECORDED: ReadonlySet<KeyOperationName> = new Set<KeyOperationName>([
  'Decrypt',
  'DescribeKey',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateRandom',
  'GetBlastRadius',
  'GetKeyPolicy',
  'GetKeyRotationStatus',
  'ListAliases',
  'ListGrants',
  'ListKeyPolicies',
  'ListKeyRotations',
  'ListKeys',
  'ListResourceTags',
  'ReEncrypt',
])

/** Collects while an operation runs what the audit log will say of it; never a key, plaintext or a token. */
export class AuditTrail {
  readonly #details: Details = {}
  #uses: { action: string | undefined; keyId: string; keyVersion: number | undefined }[] = []

  /** The key that is asked for. `action` where an operation touches two (ReEncryptFrom, ReEncryptTo). */
  key({ keyId }: Pick<KeyEntry, 'keyId'>, action?: string): void {
    this.#uses.push({ action, keyId, keyVersion: undefined })
  }

  /** The version of the key named last whose material was used or made. */
  version(keyVersion: number): void {
    const last = this.#uses.at(-1)
    if (last !== undefined) last.keyVersion = keyVersion
  }

  note(details: Details): void {
    Object.assign(this.#details, details)
  }

  /** One event a key that was touched; one without a key when none was. */
  events(common: Omit<AuditEvent, 'keyId' | 'keyVersion' | 'details'>): AuditEvent[] {
    const nothing = { action: undefined, keyId: undefined, keyVersion: undefined }
    const uses = this.#uses.length > 0 ? this.#uses : [nothing]
    return uses.map(({ action, keyId, keyVersion }) => ({
      ...common,
      action: action ?? common.action,
      keyId,
      keyVersion,
      details: this.#details,
    }))
  }
}

/** Reports what became of an operation: `error` undefined is success. Durable when resolved, for administrative acts. */
export async function report(
  audit: AuditLog,
  name: KeyOperationName,
  trail: AuditTrail,
  caller: Caller,
  request: KeyRequestContext,
  outcome: { at: number; error?: unknown },
): Promise<void> {
  const events = trail.events({
    at: outcome.at,
    projectId: caller.kind === 'member' ? caller.projectId : undefined,
    actor: actorOf(caller, request),
    action: `kms:${name}`,
    bucket: undefined,
    objectKey: undefined,
    result: resultOf(outcome),
    requestId: request.requestId,
  })
  for (const event of events) {
    if (RECORDED.has(name)) audit.record(event)
    else await audit.append(event)
  }
}

function actorOf(caller: Caller, { remoteAddress }: KeyRequestContext): AuditActor {
  const member = caller.kind === 'member' ? caller : undefined
  return { userId: member?.userId, accessKeyId: member?.accessKeyId, sourceAddress: remoteAddress }
}

function resultOf(outcome: { error?: unknown }): string {
  if (!('error' in outcome)) return 'Success'
  return isStoreError(outcome.error) ? outcome.error.code : 'InternalError'
}
