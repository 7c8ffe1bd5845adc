import { BoundedCache } from './bounded-cache.ts'
import type { KeyRepository, KeyRow, KeyVersionRow } from './key-repository.ts'

export type KeyEntry = KeyRow & { aliases: string[] }

/** Changes made through this directory bite at once; those of another process within this time. */
const ROW_LIFETIME_MS = 2000
const ROWS = 4096

/** Rows of keys and their versions, remembered for a moment: a put must not pay for two database queries. */
export class KeyDirectory {
  readonly #repository: KeyRepository
  readonly #rows: BoundedCache<KeyEntry>
  // A version never changes once it is stored.
  readonly #versions = new BoundedCache<KeyVersionRow>({ limit: ROWS })
  #changes = 0

  constructor(repository: KeyRepository, now: () => number) {
    this.#repository = repository
    this.#rows = new BoundedCache({ limit: ROWS, lifetimeMs: ROW_LIFETIME_MS, now })
  }

  /** The key, if it belongs to the project. */
  async byId(projectId: string, keyId: string): Promise<KeyEntry | undefined> {
    const key = await this.#remembered(`id:${keyId}`, () => this.#repository.findKey(keyId))
    return key?.projectId === projectId ? key : undefined
  }

  byAlias(projectId: string, alias: string): Promise<KeyEntry | undefined> {
    return this.#remembered(`alias:${projectId}:${alias}`, () =>
      this.#repository.findKeyByAlias(projectId, alias),
    )
  }

  defaultOf(projectId: string): Promise<KeyEntry | undefined> {
    return this.#remembered(`default:${projectId}`, () => this.#repository.findDefaultKey(projectId))
  }

  list(projectId: string): Promise<KeyEntry[]> {
    return this.#repository.listKeys(projectId)
  }

  async version(keyId: string, version: number): Promise<KeyVersionRow | undefined> {
    const name = `${keyId}/${version}`
    const known = this.#versions.get(name)
    if (known !== undefined) return known
    const row = await this.#repository.findVersion(keyId, version)
    if (row !== undefined) this.#versions.set(name, row)
    return row
  }

  /** Stores a new key with its first version. */
  async insert(key: KeyRow, version: KeyVersionRow, aliases: string[]): Promise<void> {
    await this.#repository.insertKey(key, version, aliases)
    this.#forgetRows()
  }

  async #remembered(name: string, find: () => Promise<KeyEntry | undefined>): Promise<KeyEntry | undefined> {
    const known = this.#rows.get(name)
    if (known !== undefined) return known
    const changesBefore = this.#changes
    const found = await find()
    // A row read before a change and stored after it would bring the old state back.
    if (found !== undefined && changesBefore === this.#changes) this.#rows.set(name, found)
    return found
  }

  #forgetRows(): void {
    this.#changes += 1
    this.#rows.clear()
  }
}
