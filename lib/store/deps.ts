import type { AuditLog } from '../audit/model.ts'
import type { BlobStore } from '../blobs/blob-store.ts'
import type { SuiteName } from '../crypto/suites.ts'
import type { Keyring } from '../keys/keyring.ts'
import type { Catalog } from './catalog.ts'
import type { HashPool } from './hash-pool.ts'
import type { BucketEncryptionRule } from './encryption-model.ts'
import type { IntegrityLog } from './integrity-log.ts'

/** Everything a use case may reach. Wired once in system.ts. */
export interface StoreDeps {
  catalog: Catalog
  blobs: BlobStore
  keyring: Keyring
  /** hears of every use of a managed key, and of every act on a bucket */
  audit: Pick<AuditLog, 'record' | 'append'>
  /** keeps what checks of stored versions find */
  integrity: IntegrityLog
  /** hashes large bodies beside the event loop; undefined: they are hashed in place */
  hashPool?: HashPool | undefined
  region: string
  /** the 12-digit account number of a project, the owner of its buckets in policies */
  accountOf(projectId: string): Promise<string>
  /** given to every new bucket that names none; undefined: new buckets store plaintext unless asked (TWCC, OSS, COS) */
  defaultBucketEncryption: BucketEncryptionRule | undefined
  /**
   * Whether ACLs and policies may let in those who do not sign, and strangers by ACL; undefined: blocked. As S3's Block Public
   * Access, with all of its four settings, for the installation.
   */
  publicAccess?: 'allowed' | 'blocked'
  /** log2 of the plaintext bytes of a chunk of new blobs */
  chunkLog2: Readonly<Record<SuiteName, number>>
  /** ms until a restored object can be read, as archives of tape or cloud take their time; none by default */
  restoreDelayMs?: number
  /** ms since the epoch */
  now(): number
}
