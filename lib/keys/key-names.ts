import { BoundedCache } from './bounded-cache.ts'
import type { KeyDirectory, KeyEntry } from './key-directory.ts'
import { keyArn, keyNotFound, parseKeyReference } from './key-reference.ts'
import type { KeyDescription } from './keyring.ts'

export interface KeyNamesOptions {
  directory: KeyDirectory
  region: string
  /** the 12-digit account number of a project; it never changes */
  accountOf: (projectId: string) => Promise<string>
}

/** Finds keys by the names that requests use, and describes them with the names that answers use. */
export class KeyNames {
  readonly #directory: KeyDirectory
  readonly #region: string
  readonly #accountOf: (projectId: string) => Promise<string>
  readonly #accounts = new BoundedCache<string>({ limit: 10_000 })

  constructor({ directory, region, accountOf }: KeyNamesOptions) {
    this.#directory = directory
    this.#region = region
    this.#accountOf = accountOf
  }

  /** @throws StoreError KeyIdMalformed | KeyNotFound | KeyInOtherRegion */
  async find(projectId: string, keyRef?: string): Promise<KeyEntry> {
    const key = await this.#lookUp(projectId, keyRef)
    if (key === undefined) throw keyNotFound()
    return key
  }

  async describe(key: KeyEntry): Promise<KeyDescription> {
    const {
      keyId,
      projectId,
      aliases,
      spec,
      state,
      origin,
      isDefault,
      currentVersion,
      description,
      createdAt,
    } = key
    const arn = keyArn(await this.home(projectId), keyId)
    return {
      keyId,
      arn,
      projectId,
      aliases: [...aliases],
      spec,
      state,
      origin,
      isDefault,
      currentVersion,
      description,
      createdAt,
    }
  }

  /** Where keys of a project live, as their ARNs say. */
  async home(projectId: string): Promise<{ region: string; account: string }> {
    const known = this.#accounts.get(projectId)
    if (known !== undefined) return { region: this.#region, account: known }
    const account = await this.#accountOf(projectId)
    this.#accounts.set(projectId, account)
    return { region: this.#region, account }
  }

  async #lookUp(projectId: string, keyRef: string | undefined): Promise<KeyEntry | undefined> {
    if (keyRef === undefined) return this.#directory.defaultOf(projectId)
    const reference = parseKeyReference(keyRef, await this.home(projectId))
    switch (reference.kind) {
      case 'default':
        return this.#directory.defaultOf(projectId)
      case 'id':
        return this.#directory.byId(projectId, reference.keyId)
      case 'alias':
        return this.#directory.byAlias(projectId, reference.alias)
    }
  }
}
