import type { SuiteName } from '../crypto/suites.ts'

/** What binds a wrapped data key to its place; bucketId and objectKey come from the request, not the row. */
export interface DataKeyPlace {
  bucketId: string
  objectKey: string
  objectId: string
}

export type KeyState = 'Enabled' | 'Disabled' | 'PendingImport' | 'PendingDeletion' | 'Destroyed'

/** A key of a project as the key service describes it. */
export interface KeyDescription {
  keyId: string
  arn: string
  projectId: string
  aliases: string[]
  spec: 'AES_256' | 'SM4'
  state: KeyState
  origin: 'AWS_KMS' | 'EXTERNAL'
  isDefault: boolean
  currentVersion: number
  description: string
  createdAt: number
}

interface WrappedBy {
  suite: SuiteName
  wrappedDataKey: Buffer
  encryptedAt: number
}

/** A wrapped data key and everything needed to unwrap it again but the place and, for SSE-C, the key. */
export type DataKeyRecord =
  | (WrappedBy & { mode: 'service-key'; keyId: string; keyVersion: number })
  | (WrappedBy & { mode: 'managed-key'; keyId: string; keyVersion: number; context: Record<string, string> })
  | (WrappedBy & { mode: 'customer-key'; customerKeySalt: Buffer; customerKeyVerifier: Buffer })

/** Which key shall wrap a fresh data key. */
export type DataKeyChoice =
  | { mode: 'service-key'; suite: SuiteName }
  | { mode: 'managed-key'; keyRef?: string; suite: SuiteName; context: Record<string, string> }
  | { mode: 'customer-key'; suite: SuiteName; key: Buffer }

/** Who may use a key, beside the roles of its project. */
export interface KeyRulesRow {
  keyId: string
  arn: string
  /** the project's 12-digit account number */
  account: string
  /** IAM JSON; undefined: the default policy, which leaves it to the roles */
  policy: string | undefined
  grants: readonly {
    grantId: string
    granteePrincipal: string
    operations: readonly string[]
    constraints: {
      encryptionContextSubset?: Record<string, string>
      encryptionContextEquals?: Record<string, string>
    }
  }[]
}

/**
 * The rich type over a narrow key provider (Go CDK `secrets`): resolves names, checks states, wraps and
 * unwraps data keys, and speaks one error language (StoreError codes Key*, WrongCustomerKey, ObjectCorrupt).
 */
export interface Keyring {
  /** The project's default key, made with the project; its id never changes. */
  defaultKey(projectId: string): Promise<KeyDescription>
  /** Makes the default key of a new project (called in the use case that creates the project). */
  createDefaultKey(projectId: string): Promise<KeyDescription>
  /**
   * Finds a key by bare id, ARN, `alias/x` or alias ARN; `alias/aws/s3` and undefined mean the default key.
   * @throws StoreError KeyIdMalformed | KeyNotFound | KeyInOtherRegion. A key of another project is KeyNotFound.
   */
  resolveKey(projectId: string, keyRef?: string): Promise<KeyDescription>
  /** What its policy and grants say; the keyring itself asks nobody. @throws StoreError as resolveKey */
  keyRules(projectId: string, keyRef?: string): Promise<KeyRulesRow>
  listKeys(projectId: string): Promise<KeyDescription[]>
  /** Fresh 32-byte data key, wrapped. @throws StoreError Key* */
  generateDataKey(
    projectId: string,
    choice: DataKeyChoice,
    place: DataKeyPlace,
  ): Promise<{ dataKey: Buffer; record: DataKeyRecord }>
  /** @throws StoreError CustomerKeyRequired | WrongCustomerKey | Key* | ObjectCorrupt */
  decryptDataKey(
    projectId: string,
    record: DataKeyRecord,
    place: DataKeyPlace,
    customerKey?: { suite: SuiteName; key: Buffer },
  ): Promise<Buffer>
  /**
   * Same data key under another key, context, name or place; no data is touched.
   * @param prove is shown the data key before it is wrapped, and throws where it does not fit its object; must not keep it
   * @throws StoreError as decryptDataKey and generateDataKey, and whatever `prove` throws
   */
  rewrap(
    projectId: string,
    record: DataKeyRecord,
    from: DataKeyPlace,
    to: { choice: DataKeyChoice; place: DataKeyPlace },
    customerKey?: { suite: SuiteName; key: Buffer },
    prove?: (dataKey: Buffer) => void,
  ): Promise<DataKeyRecord>
  /** Version of the service-managed key that wraps today (service keys rotate by period, without rows). */
  serviceKeyVersion(projectId: string): number
  /** Does this customer key belong to the record? Constant time; never throws for a wrong key. */
  matchesCustomerKey(record: { customerKeySalt: Buffer; customerKeyVerifier: Buffer }, key: Buffer): boolean
  /** Verifier of a customer key for an upload in progress. */
  customerKeyVerifier(key: Buffer): { customerKeySalt: Buffer; customerKeyVerifier: Buffer }
  /**
   * Seals a few bytes that must not lie open in the database (plaintext MD5 of SSE-S3 objects, secrets of
   * access keys) under a key derived from the root and `label`, bound to `binding`. Cheap: listing opens
   * 1,000 of them. AES-256-GCM, random nonce, binding as AAD.
   */
  seal(label: SealLabel, binding: string, bytes: Buffer): Buffer
  /** @throws StoreError ObjectCorrupt when the bytes were not sealed for this label and binding. */
  open(label: SealLabel, binding: string, sealed: Buffer): Buffer
}

export type SealLabel = 'etag' | 'access-key-secret' | 'session' | 'upload' | 'key-import' | 'symlink'
