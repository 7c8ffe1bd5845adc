import type { SuiteName } from '../crypto/suites.ts'

/** What a request asks for (house.md, "One domain, three spellings"). */
export type EncryptionChoice =
  /** `bucketKeyEnabled`: in place of the bucket's flag, where its rule is a managed key */
  | { kind: 'bucket-default'; bucketKeyEnabled?: boolean }
  | { kind: 'none' }
  | { kind: 'service-key'; suite: SuiteName }
  /** no `bucketKeyEnabled`: the bucket's */
  | {
      kind: 'managed-key'
      keyRef?: string
      suite: SuiteName
      context: Record<string, string>
      bucketKeyEnabled?: boolean
    }
  | { kind: 'customer-key'; suite: SuiteName; key: Buffer }

/** What an existing object can be changed to. */
export type EncryptionTarget = Exclude<EncryptionChoice, { kind: 'bucket-default' }>

/** A customer-provided key as it came with a read, a part or a copy source. 32 bytes for AES256, 16 for SM4. */
export interface CustomerKey {
  suite: SuiteName
  key: Buffer
}

/** Default encryption of a bucket. `keyRef` is echoed as it was configured. */
export type BucketEncryptionRule =
  | { kind: 'none' }
  | { kind: 'service-key'; suite: SuiteName }
  | { kind: 'managed-key'; keyRef?: string; suite: SuiteName; bucketKeyEnabled: boolean }

export type EncryptionMode = 'none' | 'service-key' | 'managed-key' | 'customer-key'

interface Sealed {
  suite: SuiteName
  /** log2 of the plaintext bytes of a chunk, as in every blob header of the object */
  chunkLog2: number
  /** the data key wrapped as crypto/FORMAT.md says */
  wrappedDataKey: Buffer
  /** when the data key was last wrapped, ms since the epoch */
  encryptedAt: number
}

/** How one object version is encrypted, as the catalog keeps it. */
export type EncryptionRecord =
  | { mode: 'none' }
  | (Sealed & { mode: 'service-key'; keyId: string; keyVersion: number })
  | (Sealed & {
      mode: 'managed-key'
      keyId: string
      keyVersion: number
      context: Record<string, string>
      bucketKeyEnabled: boolean
    })
  | (Sealed & { mode: 'customer-key'; customerKeySalt: Buffer; customerKeyVerifier: Buffer })

export type SealedRecord = Exclude<EncryptionRecord, { mode: 'none' }>

/** What people and clients are shown of an object's encryption; holds nothing secret. */
export type EncryptionProperties =
  | { mode: 'none' }
  | { mode: 'service-key'; suite: SuiteName; keyVersion: number; encryptedAt: number }
  | {
      mode: 'managed-key'
      suite: SuiteName
      keyId: string
      keyArn: string
      keyVersion: number
      context: Record<string, string>
      bucketKeyEnabled: boolean
      encryptedAt: number
    }
  | { mode: 'customer-key'; suite: SuiteName; encryptedAt: number }
