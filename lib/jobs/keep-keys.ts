import type { KeyUpkeep } from '../kms/upkeep.ts'

/** Of one round; what is left is due in the next one too. */
const BATCH = 10_000

/**
 * Rotates, destroys and expires the keys whose time has come. A key that fails does not keep the others waiting: it
 * is tried again in the next round.
 * @returns how many keys were kept
 * @throws the first failure, after all keys were tried
 */
export async function keepKeys(upkeep: KeyUpkeep): Promise<number> {
  const due = await upkeep.due(BATCH)
  const failures: unknown[] = []
  for (const keyId of due) {
    try {
      await upkeep.keep(keyId)
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
  return due.length
}
