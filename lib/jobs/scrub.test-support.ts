import type { Scrubber } from './scrub.ts'
import { createScrubber, type ScrubDeps } from './scrub.ts'
import type { AuditEvent } from '../audit/model.ts'
import type { Finding } from '../proof/integrity-repository.ts'
import type { Bench } from '../store/store.test-support.ts'

export interface ScrubBench {
  scrubber: Scrubber
  /** what was written to the audit log at the ends of rounds */
  appended: AuditEvent[]
}

/** A scrub over a bench, in no hurry to wait. */
export function scrubOf(bench: Bench, changes: Partial<ScrubDeps> = {}): ScrubBench {
  const appended: AuditEvent[] = []
  const { blobs, keyring } = bench.deps
  const scrubber = createScrubber({
    blobs,
    keyring,
    repository: bench.database.scrub,
    integrity: bench.database.integrityLog,
    audit: { append: async (event) => void appended.push(event) },
    pace: { spend: async () => undefined },
    periodDays: 30,
    now: Date.now,
    ...changes,
  })
  return { scrubber, appended }
}

/** One round from beginning to end. */
export async function scrubAll(bench: Bench, changes: Partial<ScrubDeps> = {}): Promise<AuditEvent[]> {
  const { scrubber, appended } = scrubOf(bench, changes)
  await scrubber.start()
  await scrubber.run()
  return appended
}

export function findings(bench: Bench, state: 'open' | 'resolved' = 'open'): Promise<Finding[]> {
  const { projectId } = bench
  const page = { search: '', before: Number.MAX_SAFE_INTEGER, limit: 1000 }
  return bench.database.integrity.findings({ projectId, homeless: true, state, ...page })
}
