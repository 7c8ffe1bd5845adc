import type { KeyState } from './keyring.ts'

export interface KeyRow {
  /** UUID, never used again */
  keyId: string
  projectId: string
  spec: 'AES_256' | 'SM4'
  state: KeyState
  origin: 'AWS_KMS' | 'EXTERNAL'
  isDefault: boolean
  description: string
  /** the version that wraps; 1 for a key whose material was not imported yet */
  currentVersion: number
  /** ms since the epoch, as all times here */
  createdAt: number
  /** 'embedded', or the name of an external key service */
  provider: string
  /** the external service's own name of the key */
  providerKey: string | undefined
  /** PendingDeletion: when the material is destroyed. Destroyed: when it was */
  deletionAt: number | undefined
  /** an owner confirmed that objects which hang on it may be lost with it (crypto-shredding) */
  destroyDependents: boolean
  /** days between rotations by period; undefined: none */
  rotationDays: number | undefined
  nextRotationAt: number | undefined
  /** when imported material expires */
  validTo: number | undefined
  /** IAM JSON; undefined: the default policy, which leaves it to the roles */
  policy: string | undefined
  tags: Record<string, string>
}

export type KeyEntry = KeyRow & { aliases: string[] }

export interface KeyVersionRow {
  keyId: string
  version: number
  /** key material wrapped by the root; empty: destroyed, or imported material that expired or was deleted */
  wrappedMaterial: Buffer
  /** HMAC check value of the material, to recognise a re-import and a wrong root */
  checkValue: Buffer
  createdAt: number
  reason: 'CREATION' | 'AUTOMATIC' | 'ON_DEMAND' | 'IMPORT'
}

export interface KeyAliasRow {
  projectId: string
  /** with its `alias/` prefix */
  alias: string
  keyId: string
  createdAt: number
}

export interface KeyGrantRow {
  grantId: string
  keyId: string
  /** SHA-256 of the grant token */
  tokenHash: Buffer
  name: string | undefined
  granteePrincipal: string
  retiringPrincipal: string | undefined
  operations: string[]
  constraints: {
    encryptionContextSubset?: Record<string, string>
    encryptionContextEquals?: Record<string, string>
  }
  createdAt: number
}

/** What a change may look at before it decides: everything as it is inside its transaction. */
export interface KeySnapshot {
  key: KeyEntry
  versions(): KeyVersionRow[]
  grants(): KeyGrantRow[]
  /** object versions and uploads in progress whose data keys it wraps */
  dependents(): { objects: number; uploads: number }
}

type Changeable = Omit<KeyRow, 'keyId' | 'projectId' | 'spec' | 'origin' | 'isDefault' | 'createdAt'>

/** What becomes of a key. Everything in it happens or nothing does. */
export interface KeyChange {
  /** a property that is there with `undefined` is emptied */
  set?: Partial<Changeable>
  addVersion?: KeyVersionRow
  /** material imported once more */
  setMaterial?: { version: number; wrappedMaterial: Buffer }
  /** The material of all versions goes for good, in the file too; their check values stay. */
  destroyMaterial?: boolean
  addAlias?: { alias: string; createdAt: number }
  /** takes an alias away from the key that has it */
  takeAlias?: string
  removeAlias?: string
  addGrant?: KeyGrantRow
  removeGrant?: string
  /** all aliases and grants */
  removeNames?: boolean
}

/** Sees the key inside the transaction; answers what to change, or throws to refuse. Runs synchronously. */
export type DecideChange = (current: KeySnapshot) => KeyChange

/** What the keyring asks of a database. Writes are durable when their promise resolves. */
export interface KeyRepository {
  /** The check value of the root that wraps everything here, or undefined in a new database. */
  rootCheckValue(): Promise<Buffer | undefined>
  /** @throws when one is already stored */
  storeRootCheckValue(value: Buffer): Promise<void>
  /** True when any wrapped key exists: then a root must never be made anew. */
  hasWrappedKeys(): Promise<boolean>
  /**
   * Key, first version and aliases in one transaction. No version: its material is still to be imported.
   * @throws StoreError AliasAlreadyExists
   */
  insertKey(key: KeyRow, version: KeyVersionRow | undefined, aliases: string[]): Promise<void>
  findKey(keyId: string): Promise<KeyEntry | undefined>
  /** `alias` with its `alias/` prefix; unique within a project. */
  findKeyByAlias(projectId: string, alias: string): Promise<KeyEntry | undefined>
  findDefaultKey(projectId: string): Promise<KeyEntry | undefined>
  /** Destroyed ones too, oldest first. */
  listKeys(projectId: string): Promise<KeyEntry[]>
  /** Keys of all projects, destroyed ones too. */
  allKeys(): Promise<KeyEntry[]>
  findVersion(keyId: string, version: number): Promise<KeyVersionRow | undefined>
  /** From the first on. */
  listVersions(keyId: string): Promise<KeyVersionRow[]>
  /** Ordered by name. */
  listAliases(projectId: string): Promise<KeyAliasRow[]>
  /** Oldest first. */
  listGrants(keyId: string): Promise<KeyGrantRow[]>
  findGrantByToken(tokenHash: Buffer): Promise<KeyGrantRow | undefined>
  /**
   * Changes one key in one transaction.
   * @returns the key as it is now
   * @throws StoreError KeyNotFound, AliasAlreadyExists, NoSuchAlias (`takeAlias` of nobody's alias), NoSuchGrant,
   *   and whatever `decide` throws
   */
  changeKey(keyId: string, decide: DecideChange): Promise<KeyEntry>
  /** Keys that a rotation, destruction or expiry is due for. */
  dueKeys(now: number, limit: number): Promise<string[]>
}
