import { StoreError } from '../errors.ts'
import type {
  DecideChange,
  KeyAliasRow,
  KeyChange,
  KeyEntry,
  KeyGrantRow,
  KeyRepository,
  KeyRow,
  KeyVersionRow,
} from './key-repository.ts'

/** A KeyRepository in memory, for tests of what lies above it. Rows are open to be tampered with. */
export class MemoryKeyRepository implements KeyRepository {
  checkValue: Buffer | undefined
  readonly keys = new Map<string, KeyEntry>()
  versions: KeyVersionRow[] = []
  aliases: KeyAliasRow[] = []
  grants: KeyGrantRow[] = []
  /** what tests say hangs on a key */
  readonly dependents = new Map<string, { objects: number; uploads: number }>()

  async rootCheckValue(): Promise<Buffer | undefined> {
    return this.checkValue
  }
  async storeRootCheckValue(value: Buffer): Promise<void> {
    if (this.checkValue !== undefined) throw new Error('a root check value is stored already')
    this.checkValue = value
  }
  async hasWrappedKeys(): Promise<boolean> {
    return this.versions.length > 0
  }
  async insertKey(key: KeyRow, version: KeyVersionRow | undefined, aliases: string[]): Promise<void> {
    const keys = [...this.keys.values()]
    if (key.isDefault && keys.some((other) => other.isDefault && other.projectId === key.projectId)) {
      throw new Error('the project has a default key already')
    }
    for (const alias of aliases) this.#requireFree(key.projectId, alias)
    this.keys.set(key.keyId, { ...key, aliases: [] })
    for (const alias of aliases) this.#addAlias(key, alias, key.createdAt)
    if (version !== undefined) this.versions.push(version)
  }
  async findKey(keyId: string): Promise<KeyEntry | undefined> {
    return this.#entry(keyId)
  }
  async findKeyByAlias(projectId: string, alias: string): Promise<KeyEntry | undefined> {
    const row = this.aliases.find((each) => each.projectId === projectId && each.alias === alias)
    return row && this.#entry(row.keyId)
  }
  async findDefaultKey(projectId: string): Promise<KeyEntry | undefined> {
    return (await this.listKeys(projectId)).find((key) => key.isDefault)
  }
  async listKeys(projectId: string): Promise<KeyEntry[]> {
    return (await this.allKeys()).filter((key) => key.projectId === projectId)
  }
  async allKeys(): Promise<KeyEntry[]> {
    const keys = [...this.keys.keys()].map((keyId) => this.#entry(keyId)!)
    return keys.sort((a, b) => a.createdAt - b.createdAt || (a.keyId < b.keyId ? -1 : 1))
  }
  async findVersion(keyId: string, version: number): Promise<KeyVersionRow | undefined> {
    return this.versions.find((row) => row.keyId === keyId && row.version === version)
  }
  async listVersions(keyId: string): Promise<KeyVersionRow[]> {
    return this.#versionsOf(keyId)
  }
  async listAliases(projectId: string): Promise<KeyAliasRow[]> {
    return this.aliases
      .filter((row) => row.projectId === projectId)
      .sort((a, b) => (a.alias < b.alias ? -1 : 1))
  }
  async listGrants(keyId: string): Promise<KeyGrantRow[]> {
    return this.grants.filter((grant) => grant.keyId === keyId)
  }
  async findGrantByToken(tokenHash: Buffer): Promise<KeyGrantRow | undefined> {
    return this.grants.find((grant) => grant.tokenHash.equals(tokenHash))
  }
  async changeKey(keyId: string, decide: DecideChange): Promise<KeyEntry> {
    const key = this.#entry(keyId)
    if (key === undefined) throw new StoreError('KeyNotFound', 'The key does not exist in this project.')
    const change = decide({
      key,
      versions: () => this.#versionsOf(keyId),
      grants: () => this.grants.filter((grant) => grant.keyId === keyId),
      dependents: () => this.dependents.get(keyId) ?? { objects: 0, uploads: 0 },
    })
    this.#check(key, change)
    this.#apply(key, change)
    return this.#entry(keyId)!
  }
  async dueKeys(now: number, limit: number): Promise<string[]> {
    const due = (at: number | undefined): boolean => at !== undefined && at <= now
    return [...this.keys.values()]
      .filter(
        (key) =>
          (due(key.nextRotationAt) && key.state === 'Enabled') ||
          (due(key.deletionAt) && key.state === 'PendingDeletion') ||
          (due(key.validTo) && ['Enabled', 'Disabled', 'PendingDeletion'].includes(key.state)),
      )
      .map((key) => key.keyId)
      .sort()
      .slice(0, limit)
  }

  #entry(keyId: string): KeyEntry | undefined {
    const key = this.keys.get(keyId)
    if (key === undefined) return undefined
    const aliases = this.aliases.filter((row) => row.keyId === keyId).map(({ alias }) => alias)
    return { ...key, aliases: aliases.sort() }
  }

  #versionsOf(keyId: string): KeyVersionRow[] {
    return this.versions.filter((row) => row.keyId === keyId).sort((a, b) => a.version - b.version)
  }

  #requireFree(projectId: string, alias: string): void {
    if (this.aliases.some((row) => row.projectId === projectId && row.alias === alias))
      throw new StoreError('AliasAlreadyExists', `An alias with the name ${alias} already exists`, { alias })
  }

  #addAlias({ projectId, keyId }: KeyRow, alias: string, createdAt: number): void {
    this.aliases.push({ projectId, alias, keyId, createdAt })
  }

  /** All refusals come before anything changes: here nothing can be rolled back. */
  #check({ projectId, keyId }: KeyEntry, change: KeyChange): void {
    if (change.addAlias !== undefined) this.#requireFree(projectId, change.addAlias.alias)
    const known = (alias: string, of?: string): boolean =>
      this.aliases.some(
        (row) => row.projectId === projectId && row.alias === alias && (of === undefined || row.keyId === of),
      )
    const absent =
      (change.takeAlias !== undefined && !known(change.takeAlias)) ||
      (change.removeAlias !== undefined && !known(change.removeAlias, keyId))
    if (absent) throw new StoreError('NoSuchAlias', 'The alias does not exist in this project.')
    const { removeGrant, addVersion } = change
    if (removeGrant !== undefined && !this.grants.some((grant) => grant.grantId === removeGrant))
      throw new StoreError('NoSuchGrant', 'The grant does not exist')
    if (addVersion && this.#versionsOf(keyId).some((row) => row.version === addVersion.version))
      throw new Error('the key has this version already')
  }

  #apply(key: KeyEntry, change: KeyChange): void {
    const { keyId, projectId } = key
    this.keys.set(keyId, { ...key, ...change.set })
    if (change.addVersion) this.versions.push(change.addVersion)
    if (change.setMaterial) this.#setMaterial(keyId, change.setMaterial)
    if (change.destroyMaterial) {
      const wrappedMaterial = Buffer.alloc(0)
      for (const { version } of this.#versionsOf(keyId))
        this.#setMaterial(keyId, { version, wrappedMaterial })
    }
    if (change.addAlias) this.#addAlias(key, change.addAlias.alias, change.addAlias.createdAt)
    this.aliases = this.aliases
      .map((row) => (row.projectId === projectId && row.alias === change.takeAlias ? { ...row, keyId } : row))
      .filter((row) => row.keyId !== keyId || (row.alias !== change.removeAlias && !change.removeNames))
    this.grants = this.grants.filter(
      (grant) => grant.keyId !== keyId || (grant.grantId !== change.removeGrant && !change.removeNames),
    )
    if (change.addGrant) this.grants.push(change.addGrant)
  }

  #setMaterial(
    keyId: string,
    { version, wrappedMaterial }: Pick<KeyVersionRow, 'version' | 'wrappedMaterial'>,
  ): void {
    this.versions = this.versions.map((row) =>
      row.keyId === keyId && row.version === version ? { ...row, wrappedMaterial } : row,
    )
  }
}
