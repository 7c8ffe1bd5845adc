import type { AuditRepository } from './audit-repository.ts'
import { isGenuineHead } from './chain.ts'
import type { AuditLog } from './model.ts'

/** Whether the chain still ends where this installation's root sealed its end. The whole chain: `npm run audit:verify`. */
export async function endsAtSealedHead(
  repository: Pick<AuditRepository, 'head' | 'end'>,
  headKey: Buffer,
): Promise<boolean> {
  const [head, end] = [await repository.head(), await repository.end()]
  if (head === undefined || end === undefined) return head === undefined && end === undefined
  return isGenuineHead(headKey, head) && head.sequence === end.sequence && head.hash.equals(end.hash)
}

/**
 * At every start: a log that was cut, lengthened or rebuilt by somebody who had only the database. The server starts
 * all the same, for a broken log must not become a way to stop it; it says so and writes that down.
 */
export async function reportBrokenHead(
  repository: Pick<AuditRepository, 'head' | 'end'>,
  headKey: Buffer,
  audit: AuditLog,
): Promise<void> {
  if (await endsAtSealedHead(repository, headKey)) return
  console.error(
    '[audit] The audit log does not end where Coffer left it: the database was put back to an older state or was changed by somebody else. Run: npm run audit:verify',
  )
  await audit.append({
    at: Date.now(),
    projectId: undefined,
    actor: { userId: undefined, accessKeyId: undefined, sourceAddress: undefined },
    action: 'coffer:VerifyAuditLog',
    keyId: undefined,
    keyVersion: undefined,
    bucket: undefined,
    objectKey: undefined,
    result: 'ObjectCorrupt',
    requestId: undefined,
    details: { where: 'head' },
  })
}
