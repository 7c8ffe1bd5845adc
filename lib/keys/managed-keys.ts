import type { SuiteName } from '../crypto/suites.ts'
import type { WrapBinding } from '../crypto/wrap.ts'
import type { KeyDirectory, KeyEntry } from './key-directory.ts'
import { corrupt, isIntegrityFailure, keyUnusable, requireEnabled } from './key-errors.ts'
import type { KeyProvider, KeyVersion } from './key-provider.ts'

export interface ManagedKeysOptions {
  directory: KeyDirectory
  provider: KeyProvider
  now: () => number
}

/** What is bound besides the key itself. */
export type ManagedBinding = Omit<WrapBinding, 'keyId' | 'keyVersion'>

const LARGEST_KEY_VERSION = 2 ** 32 - 1

/**
 * Wraps and unwraps data keys under a project's key: for objects (data-keys.ts) and for the ciphertexts of the key
 * service alike. The one place where the state of a key is asked before its material is used.
 */
export class ManagedKeys {
  readonly #with: ManagedKeysOptions

  constructor(options: ManagedKeysOptions) {
    this.#with = options
  }

  /**
   * Wraps under the key's current version.
   * @throws StoreError KeyDisabled | KeyPendingImport | KeyPendingDeletion | KeyNotFound | KeyServiceUnavailable
   */
  async wrap(
    key: KeyEntry,
    suite: SuiteName,
    dataKey: Buffer,
    binding: ManagedBinding,
  ): Promise<{ wrappedDataKey: Buffer; keyVersion: number }> {
    requireEnabled(key, this.#with.now())
    const version = await this.#version(key, key.currentVersion)
    if (version === undefined) throw keyUnusable(key.keyId)
    const bound = { ...binding, keyId: key.keyId, keyVersion: key.currentVersion }
    try {
      const wrappedDataKey = await this.#with.provider.wrapDataKey(version, suite, dataKey, bound)
      return { wrappedDataKey, keyVersion: key.currentVersion }
    } catch (error) {
      if (isIntegrityFailure(error)) throw keyUnusable(key.keyId)
      throw error
    }
  }

  /**
   * @throws StoreError KeyDisabled | KeyPendingImport | KeyPendingDeletion | KeyNotFound | KeyServiceUnavailable;
   *   ObjectCorrupt for a version that the key never had; an integrity failure (key-errors.ts) for anything that
   *   `wrap` did not make under this key, version and binding
   */
  async unwrap(
    key: KeyEntry,
    keyVersion: number,
    wrappedDataKey: Buffer,
    binding: ManagedBinding,
  ): Promise<Buffer> {
    requireEnabled(key, this.#with.now())
    const version = isKeyVersion(keyVersion) ? await this.#version(key, keyVersion) : undefined
    if (version === undefined) throw corrupt()
    const bound = { ...binding, keyId: key.keyId, keyVersion }
    return this.#with.provider.unwrapDataKey(version, wrappedDataKey, bound)
  }

  async #version(key: KeyEntry, number: number): Promise<KeyVersion | undefined> {
    const row = await this.#with.directory.version(key.keyId, number)
    if (row === undefined) return undefined
    const { spec, provider, providerKey } = key
    return { ...row, spec, provider, providerKey }
  }
}

/** Whole numbers that the four bytes of a binding can hold. */
export function isKeyVersion(version: number): boolean {
  return Number.isInteger(version) && version >= 0 && version <= LARGEST_KEY_VERSION
}
