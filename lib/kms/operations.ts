import type { KeyState } from '../keys/keyring.ts'
import type { Caller } from '../store/model.ts'

/**
 * Every use case of the key service as data, named and shaped as AWS KMS names them (KMS API Reference,
 * 2014-11-01), with bytes as Buffers and times in ms. The KMS wire dialect and the console are two spellings of
 * these. `keyId` takes what KMS takes: bare id, key ARN, `alias/x`, alias ARN.
 */

type EncryptionContext = Record<string, string>
type Tag = { key: string; value: string }
export interface Page {
  limit: number | undefined
  marker: string | undefined
}
export interface Paged<T> {
  items: T[]
  /** undefined: that was all */
  nextMarker: string | undefined
}

export type KeySpec = 'AES_256' | 'SM4'
export type WrappingAlgorithm = 'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256'
export type WrappingKeySpec = 'RSA_2048' | 'RSA_3072' | 'RSA_4096'
export type GrantOperation =
  | 'Encrypt'
  | 'Decrypt'
  | 'GenerateDataKey'
  | 'GenerateDataKeyWithoutPlaintext'
  | 'ReEncryptFrom'
  | 'ReEncryptTo'
  | 'DescribeKey'
  | 'CreateGrant'
  | 'RetireGrant'

export interface KeyMetadata {
  keyId: string
  arn: string
  /** 12 digits */
  account: string
  projectId: string
  aliases: string[]
  spec: KeySpec
  state: KeyState
  origin: 'AWS_KMS' | 'EXTERNAL'
  /** the project's default key: rotates, and nothing else about it may be changed by a member */
  isDefault: boolean
  description: string
  region: string
  currentVersion: number
  createdAt: number
  /** PendingDeletion */
  deletionAt: number | undefined
  /** imported material that expires */
  validTo: number | undefined
  /** where the material is used: here, or in the external key service of this name */
  provider: string
}

export interface Rotation {
  version: number
  at: number
  type: 'CREATION' | 'AUTOMATIC' | 'ON_DEMAND' | 'IMPORT'
}

/** A grant as it is listed; its token is told once, to who creates it. */
export interface Grant {
  grantId: string
  keyId: string
  name: string | undefined
  granteePrincipal: string
  retiringPrincipal: string | undefined
  operations: GrantOperation[]
  constraints: { encryptionContextSubset?: EncryptionContext; encryptionContextEquals?: EncryptionContext }
  issuingAccount: string
  createdAt: number
}

/** What hangs on a key, before it is disabled or destroyed. */
export interface BlastRadius {
  objects: number
  bytes: number
  /** multipart uploads in progress */
  uploads: number
  /** buckets with objects under it, or with a rule that names it */
  buckets: { bucket: string; objects: number; bytes: number; namedByRule: boolean }[]
  /** object versions that hang on each key version */
  versions: { version: number; objects: number }[]
}

type OnKey = { keyId: string }
type Grants = { grantTokens: string[] }

/** name → request and result */
export interface KeyOperations {
  CreateKey: {
    request: {
      spec: KeySpec
      origin: 'AWS_KMS' | 'EXTERNAL'
      description: string
      tags: Tag[]
      policy: string | undefined
      /** the console gives one at once; KMS has CreateAlias for it */
      alias: string | undefined
      provider: string | undefined
    }
    result: KeyMetadata
  }
  /** A destroyed key is KeyNotFound, and not listed, unless asked for: its row and history stay. */
  DescribeKey: { request: OnKey & Grants & { includeDestroyed?: boolean }; result: KeyMetadata }
  /** Oldest first. */
  ListKeys: { request: Page & { includeDestroyed?: boolean }; result: Paged<KeyMetadata> }
  UpdateKeyDescription: { request: OnKey & { description: string }; result: void }
  ListAliases: {
    request: Page & { keyId: string | undefined }
    result: Paged<{ alias: string; arn: string; keyId: string; createdAt: number }>
  }
  CreateAlias: { request: { alias: string; keyId: string }; result: void }
  UpdateAlias: { request: { alias: string; keyId: string }; result: void }
  DeleteAlias: { request: { alias: string }; result: void }
  EnableKey: { request: OnKey; result: void }
  DisableKey: { request: OnKey; result: void }
  GenerateDataKey: {
    /** 1…1,024 bytes */
    request: OnKey & Grants & { bytes: number; context: EncryptionContext }
    result: { keyArn: string; ciphertext: Buffer; plaintext: Buffer }
  }
  /** A permission of its own in policies and grants: for components that store data keys and never use them. */
  GenerateDataKeyWithoutPlaintext: {
    /** 1…1,024 bytes */
    request: OnKey & Grants & { bytes: number; context: EncryptionContext }
    result: { keyArn: string; ciphertext: Buffer }
  }
  Encrypt: {
    /** 1…4,096 bytes */
    request: OnKey & Grants & { plaintext: Buffer; context: EncryptionContext }
    result: { keyArn: string; ciphertext: Buffer }
  }
  Decrypt: {
    /** the ciphertext names its key; a `keyId` that is another one is IncorrectKey */
    request: Grants & { keyId: string | undefined; ciphertext: Buffer; context: EncryptionContext }
    result: { keyArn: string; plaintext: Buffer }
  }
  ReEncrypt: {
    request: Grants & {
      ciphertext: Buffer
      sourceKeyId: string | undefined
      sourceContext: EncryptionContext
      destinationKeyId: string
      destinationContext: EncryptionContext
    }
    result: { ciphertext: Buffer; sourceKeyArn: string; keyArn: string }
  }
  GenerateRandom: { request: { bytes: number }; result: Buffer }
  GetKeyPolicy: { request: OnKey; result: string }
  PutKeyPolicy: { request: OnKey & { policy: string; bypassLockoutCheck: boolean }; result: void }
  ListKeyPolicies: { request: OnKey; result: string[] }
  CreateGrant: {
    request: OnKey &
      Pick<Grant, 'name' | 'granteePrincipal' | 'retiringPrincipal' | 'operations' | 'constraints'>
    result: { grantId: string; grantToken: string }
  }
  ListGrants: {
    request: OnKey & Page & { grantId: string | undefined; granteePrincipal?: string | undefined }
    result: Paged<Grant>
  }
  RevokeGrant: { request: OnKey & { grantId: string }; result: void }
  RetireGrant: {
    request: { grantToken: string | undefined; keyId: string | undefined; grantId: string | undefined }
    result: void
  }
  GetKeyRotationStatus: {
    request: OnKey
    result: {
      keyArn: string
      enabled: boolean
      periodDays: number | undefined
      nextAt: number | undefined
      onDemandStartedAt: number | undefined
    }
  }
  EnableKeyRotation: { request: OnKey & { periodDays: number | undefined }; result: void }
  DisableKeyRotation: { request: OnKey; result: void }
  RotateKeyOnDemand: { request: OnKey; result: { keyArn: string } }
  ListKeyRotations: { request: OnKey & Page; result: Paged<Rotation> }
  GetParametersForImport: {
    request: OnKey & { algorithm: WrappingAlgorithm; wrappingKeySpec: WrappingKeySpec }
    /** `publicKey`: DER SubjectPublicKeyInfo */
    result: { keyArn: string; importToken: Buffer; publicKey: Buffer; validTo: number }
  }
  ImportKeyMaterial: {
    request: OnKey & {
      importToken: Buffer
      encryptedKeyMaterial: Buffer
      /** ms since the epoch; undefined: does not expire */
      validTo: number | undefined
    }
    result: void
  }
  DeleteImportedKeyMaterial: { request: OnKey; result: void }
  /** what depends on it; the console shows it before every act that endangers it */
  GetBlastRadius: { request: OnKey; result: BlastRadius }
  ScheduleKeyDeletion: {
    request: OnKey & {
      /** 7…30, default 30 */
      pendingWindowDays: number | undefined
      /** the key's alias (or id, when it has none), typed by an owner: destroys what depends on it */
      destroyDependents: string | undefined
    }
    result: { keyArn: string; state: KeyState; deletionAt: number }
  }
  CancelKeyDeletion: { request: OnKey; result: { keyArn: string } }
  TagResource: { request: OnKey & { tags: Tag[] }; result: void }
  UntagResource: { request: OnKey & { tagKeys: string[] }; result: void }
  ListResourceTags: { request: OnKey & Page; result: Paged<Tag> }
}

export type KeyOperationName = keyof KeyOperations
export type KeyRequest<N extends KeyOperationName> = KeyOperations[N]['request']
export type KeyResult<N extends KeyOperationName> = KeyOperations[N]['result']

/** Facts of a request that rules and the audit log ask for. */
export interface KeyRequestContext {
  requestId: string
  remoteAddress: string | undefined
  secure: boolean
}

/** The key service. Authorises, executes and audits one operation. */
export interface KeyService {
  /** @throws StoreError with a Key*, Grant*, Import* or general code */
  run<N extends KeyOperationName>(
    name: N,
    request: KeyRequest<N>,
    caller: Caller,
    context: KeyRequestContext,
  ): Promise<KeyResult<N>>
}
