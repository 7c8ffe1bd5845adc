import { BoundedCache } from './bounded-cache.ts'
import type {
  DecideChange,
  KeyAliasRow,
  KeyEntry,
  KeyGrantRow,
  KeyRepository,
  KeyRow,
  KeyVersionRow,
} from './key-repository.ts'

export type { KeyEntry } from './key-repository.ts'

/** Changes made through this directory bite at once; those of another process within this time. */
const ROW_LIFETIME_MS = 2000
const ROWS = 4096

export interface KeyDirectoryOptions {
  repository: KeyRepository
  now: () => number
  /** Called when material of a key is gone or another: what is open of it must be wiped. */
  forgetMaterial: (keyId: string) => void
}

/**
 * Rows of keys, their versions and grants, remembered for a moment: a put must not pay for two database queries.
 * Everything that changes a key goes through here, so that no old row is remembered.
 */
export class KeyDirectory {
  readonly #repository: KeyRepository
  readonly #forgetMaterial: (keyId: string) => void
  readonly #rows: BoundedCache<KeyEntry>
  readonly #grants: BoundedCache<KeyGrantRow[]>
  // A version changes only with its material, and that goes through `change`.
  readonly #versions = new BoundedCache<KeyVersionRow>({ limit: ROWS })
  #changes = 0

  constructor({ repository, now, forgetMaterial }: KeyDirectoryOptions) {
    this.#repository = repository
    this.#forgetMaterial = forgetMaterial
    this.#rows = new BoundedCache({ limit: ROWS, lifetimeMs: ROW_LIFETIME_MS, now })
    this.#grants = new BoundedCache({ limit: ROWS, lifetimeMs: ROW_LIFETIME_MS, now })
  }

  /** The key, if it belongs to the project. */
  async byId(projectId: string, keyId: string): Promise<KeyEntry | undefined> {
    const key = await this.#remembered(this.#rows, `id:${keyId}`, () => this.#repository.findKey(keyId))
    return key?.projectId === projectId ? key : undefined
  }

  byAlias(projectId: string, alias: string): Promise<KeyEntry | undefined> {
    return this.#remembered(this.#rows, `alias:${projectId}:${alias}`, () =>
      this.#repository.findKeyByAlias(projectId, alias),
    )
  }

  defaultOf(projectId: string): Promise<KeyEntry | undefined> {
    return this.#remembered(this.#rows, `default:${projectId}`, () =>
      this.#repository.findDefaultKey(projectId),
    )
  }

  /** Destroyed ones too, oldest first. */
  list(projectId: string): Promise<KeyEntry[]> {
    return this.#repository.listKeys(projectId)
  }

  version(keyId: string, version: number): Promise<KeyVersionRow | undefined> {
    return this.#remembered(this.#versions, `${keyId}/${version}`, () =>
      this.#repository.findVersion(keyId, version),
    )
  }

  versions(keyId: string): Promise<KeyVersionRow[]> {
    return this.#repository.listVersions(keyId)
  }

  aliases(projectId: string): Promise<KeyAliasRow[]> {
    return this.#repository.listAliases(projectId)
  }

  async grants(keyId: string): Promise<KeyGrantRow[]> {
    const grants = await this.#remembered(this.#grants, keyId, () => this.#repository.listGrants(keyId))
    return grants ?? []
  }

  grantByToken(tokenHash: Buffer): Promise<KeyGrantRow | undefined> {
    return this.#repository.findGrantByToken(tokenHash)
  }

  /** Stores a new key with its first version. */
  async insert(key: KeyRow, version: KeyVersionRow | undefined, aliases: string[]): Promise<void> {
    await this.#repository.insertKey(key, version, aliases)
    this.#forgetRows()
  }

  /** Changes a key in one transaction (KeyRepository.changeKey); nothing remembers its old state afterwards. */
  async change(keyId: string, decide: DecideChange): Promise<KeyEntry> {
    let materialChanges = false
    try {
      return await this.#repository.changeKey(keyId, (current) => {
        const change = decide(current)
        materialChanges = change.destroyMaterial === true || change.setMaterial !== undefined
        return change
      })
    } finally {
      // After a failure too: a commit that reported an error may have reached the disk.
      this.#forgetRows()
      if (materialChanges) this.#forgetMaterialOf(keyId)
    }
  }

  dueKeys(now: number, limit: number): Promise<string[]> {
    return this.#repository.dueKeys(now, limit)
  }

  /** A key of any project: for the server's own upkeep. */
  find(keyId: string): Promise<KeyEntry | undefined> {
    return this.#repository.findKey(keyId)
  }

  async #remembered<V>(
    cache: BoundedCache<V>,
    name: string,
    find: () => Promise<V | undefined>,
  ): Promise<V | undefined> {
    const known = cache.get(name)
    if (known !== undefined) return known
    const changesBefore = this.#changes
    const found = await find()
    // A row read before a change and stored after it would bring the old state back.
    if (found !== undefined && changesBefore === this.#changes) cache.set(name, found)
    return found
  }

  #forgetRows(): void {
    this.#changes += 1
    this.#rows.clear()
    this.#grants.clear()
  }

  #forgetMaterialOf(keyId: string): void {
    for (const name of this.#versions.keys()) if (name.startsWith(`${keyId}/`)) this.#versions.delete(name)
    this.#forgetMaterial(keyId)
  }
}
