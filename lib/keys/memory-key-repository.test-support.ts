import type { KeyRepository, KeyRow, KeyVersionRow } from './key-repository.ts'

type Entry = KeyRow & { aliases: string[] }

/** A KeyRepository in memory, for tests of what lies above it. Rows are open to be tampered with. */
export class MemoryKeyRepository implements KeyRepository {
  checkValue: Buffer | undefined
  readonly keys = new Map<string, Entry>()
  readonly versions: KeyVersionRow[] = []

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
  async insertKey(key: KeyRow, version: KeyVersionRow, aliases: string[]): Promise<void> {
    const keys = [...this.keys.values()]
    if (key.isDefault && keys.some((other) => other.isDefault && other.projectId === key.projectId)) {
      throw new Error('the project has a default key already')
    }
    this.keys.set(key.keyId, { ...key, aliases })
    this.versions.push(version)
  }
  async findKey(keyId: string): Promise<Entry | undefined> {
    return this.keys.get(keyId)
  }
  async findKeyByAlias(projectId: string, alias: string): Promise<Entry | undefined> {
    return [...this.keys.values()].find((key) => key.projectId === projectId && key.aliases.includes(alias))
  }
  async findDefaultKey(projectId: string): Promise<Entry | undefined> {
    return [...this.keys.values()].find((key) => key.projectId === projectId && key.isDefault)
  }
  async listKeys(projectId: string): Promise<Entry[]> {
    return [...this.keys.values()].filter((key) => key.projectId === projectId)
  }
  async findVersion(keyId: string, version: number): Promise<KeyVersionRow | undefined> {
    return this.versions.find((row) => row.keyId === keyId && row.version === version)
  }
}
