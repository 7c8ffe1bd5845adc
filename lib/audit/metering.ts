import type { KeyUseCount } from './audit-repository.ts'
import type { AuditEvent } from './model.ts'

export const DAY_MS = 86_400_000

/** Days since 1970-01-01 UTC. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS)
}

/** What uses a key's material. Looking at a key, as the console does on every page, is no use and reaches no key service. */
const USES: ReadonlySet<string> = new Set([
  'kms:Encrypt',
  'kms:Decrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
])

/** Uses of managed keys among these events, by key, person, day and action: what the fees of a key service go by. */
export function keyUsesOf(events: readonly AuditEvent[]): KeyUseCount[] {
  const counts = new Map<string, KeyUseCount>()
  for (const { keyId, actor, at, action, result, details } of events) {
    // a service's or a customer's key is no key of the key service
    if (keyId === undefined || details['owner'] !== undefined || !USES.has(action)) continue
    const userId = actor.userId ?? ''
    const day = dayOf(at)
    const name = JSON.stringify([keyId, userId, day, action])
    let count = counts.get(name)
    if (count === undefined) counts.set(name, (count = { keyId, userId, day, action, calls: 0, denied: 0 }))
    count.calls += 1
    if (result !== 'Success') count.denied += 1
  }
  return [...counts.values()]
}
