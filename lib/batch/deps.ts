import type { AuditLog } from '../audit/model.ts'
import type { Keyring } from '../keys/keyring.ts'
import type { Catalog } from '../store/catalog.ts'
import type { Caller } from '../store/model.ts'
import type { Store } from '../store/operations.ts'
import type { BatchRepository } from './batch-repository.ts'

export type MemberCaller = Caller & { kind: 'member' }

/** Everything that jobs may reach. Wired once in system.ts. */
export interface BatchDeps {
  repository: BatchRepository
  store: Store
  catalog: Pick<
    Catalog,
    'find' | 'findObject' | 'findVersion' | 'findBucket' | 'listBuckets' | 'coverage' | 'projectCoverage'
  >
  keyring: Keyring
  audit: AuditLog
  /** the member as he is now. @throws StoreError NoSuchProject when he is none (any more) */
  callerFor(userId: string, projectId: string): Promise<MemberCaller>
  /** for people to read; undefined: somebody who is gone */
  nameOf(userId: string): Promise<string | undefined>
  accountOf(projectId: string): Promise<string>
  region: string
  /** ms since the epoch */
  now(): number
}
