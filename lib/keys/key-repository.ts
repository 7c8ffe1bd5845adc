import type { KeyState } from './keyring.ts'

export interface KeyRow {
  keyId: string
  projectId: string
  spec: 'AES_256' | 'SM4'
  state: KeyState
  origin: 'AWS_KMS' | 'EXTERNAL'
  isDefault: boolean
  description: string
  currentVersion: number
  createdAt: number
}

export interface KeyVersionRow {
  keyId: string
  version: number
  /** key material wrapped by the root */
  wrappedMaterial: Buffer
  /** HMAC check value of the material, to recognise a re-import and a wrong root */
  checkValue: Buffer
  createdAt: number
}

/** What the keyring asks of a database. Writes are durable when their promise resolves. */
export interface KeyRepository {
  /** The check value of the root that wraps everything here, or undefined in a new database. */
  rootCheckValue(): Promise<Buffer | undefined>
  /** @throws when one is already stored */
  storeRootCheckValue(value: Buffer): Promise<void>
  /** True when any wrapped key exists: then a root must never be made anew. */
  hasWrappedKeys(): Promise<boolean>
  /** Key, first version and aliases in one transaction. */
  insertKey(key: KeyRow, version: KeyVersionRow, aliases: string[]): Promise<void>
  findKey(keyId: string): Promise<(KeyRow & { aliases: string[] }) | undefined>
  /** `alias` with its `alias/` prefix; unique within a project. */
  findKeyByAlias(projectId: string, alias: string): Promise<(KeyRow & { aliases: string[] }) | undefined>
  findDefaultKey(projectId: string): Promise<(KeyRow & { aliases: string[] }) | undefined>
  listKeys(projectId: string): Promise<(KeyRow & { aliases: string[] })[]>
  findVersion(keyId: string, version: number): Promise<KeyVersionRow | undefined>
}
