import type { KeyUseCount } from './audit-repository.ts'
import type { AuditEvent } from './model.ts'

export const DAY_MS = 86_400_000

/** Days since 1970-01-01 UTC. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS)
}

/** Calls of the key service among these events, by key, person, day and action: what its fees would go by. */
export function keyUsesOf(events: readonly AuditEvent[]): KeyUseCount[] {
  const counts = new Map<string, KeyUseCount>()
  for (const { keyId, actor, at, action, result } of events) {
    if (keyId === undefined || !action.startsWith('kms:')) continue
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
