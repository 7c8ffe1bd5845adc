import type { AuditEvent } from '../audit/model.ts'
import type { KeyEntry } from '../keys/key-directory.ts'
import { rotate } from './rotation.ts'
import { destroyedWhenDue, expiredWhenDue, rotatedWhenDue } from './transitions.ts'
import type { Destruction } from './transitions.ts'
import type { KeyServiceDeps } from './use-case.ts'

type Deps = Pick<KeyServiceDeps, 'directory' | 'provider' | 'audit' | 'now'>

/** What the server does to keys by itself when their time has come. */
export interface KeyUpkeep {
  /** Ids of keys that something is due for. */
  due(limit: number): Promise<string[]>
  /**
   * Rotates, destroys or expires one key, whatever is due for it now; nothing when nothing is (any more). Each step
   * is one transaction that asks again, so it may be killed anywhere and run twice. Appended to the audit log.
   */
  keep(keyId: string): Promise<void>
}

export function createKeyUpkeep(deps: Deps): KeyUpkeep {
  return {
    due: (limit) => deps.directory.dueKeys(deps.now(), limit),
    keep: async (keyId) => {
      await destroyIfDue(deps, keyId)
      await expireIfDue(deps, keyId)
      await rotateIfDue(deps, keyId)
    },
  }
}

async function destroyIfDue(deps: Deps, keyId: string): Promise<void> {
  let done: Destruction = 'not-due'
  let lost = { objects: 0, uploads: 0 }
  const key = await deps.directory.change(keyId, (current) => {
    const decided = destroyedWhenDue(current, deps.now())
    done = decided.done
    if (done !== 'not-due') lost = current.dependents()
    return decided.change
  })
  await reportDestruction(deps, key, done, lost)
}

async function reportDestruction(
  deps: Deps,
  key: KeyEntry,
  done: Destruction,
  lost: { objects: number; uploads: number },
): Promise<void> {
  if (done === 'not-due') return
  const result = done === 'destroyed' ? 'Success' : 'KeyHasDependents'
  await deps.audit.append(event(deps, key, 'kms:DeleteKey', result, lost))
}

async function expireIfDue(deps: Deps, keyId: string): Promise<void> {
  let expired = false
  const key = await deps.directory.change(keyId, (current) => {
    const change = expiredWhenDue(current, deps.now())
    expired = change.destroyMaterial === true
    return change
  })
  if (expired) await deps.audit.append(event(deps, key, 'kms:DeleteExpiredKeyMaterial', 'Success', {}))
}

async function rotateIfDue(deps: Deps, keyId: string): Promise<void> {
  const key = await deps.directory.find(keyId)
  const due = key?.nextRotationAt !== undefined && key.nextRotationAt <= deps.now() && key.state === 'Enabled'
  if (!due) return
  let rotated = false
  const now = await rotate(deps, key, 'AUTOMATIC', (current, version) => {
    const change = rotatedWhenDue(current, deps.now(), version)
    rotated = change !== undefined
    return change
  })
  if (!rotated) return
  const facts = { version: now.currentVersion }
  await deps.audit.append(event(deps, now, 'kms:RotateKey', 'Success', facts, now.currentVersion))
}

/** The server itself did it: nobody asked. */
function event(
  { now }: Deps,
  key: KeyEntry,
  action: string,
  result: string,
  details: AuditEvent['details'],
  keyVersion?: number,
): AuditEvent {
  return {
    at: now(),
    projectId: key.projectId,
    actor: { userId: undefined, accessKeyId: undefined, sourceAddress: undefined },
    action,
    keyId: key.keyId,
    keyVersion,
    bucket: undefined,
    objectKey: undefined,
    result,
    requestId: undefined,
    details,
  }
}
