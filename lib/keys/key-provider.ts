import type { WrapBinding } from '../crypto/wrap.ts'
import type { SuiteName } from '../crypto/suites.ts'
import type { KeyRow, KeyVersionRow } from './key-repository.ts'

/** One version of a project's key as a provider sees it. */
export interface KeyVersion extends Pick<
  KeyVersionRow,
  'keyId' | 'version' | 'wrappedMaterial' | 'checkValue'
> {
  spec: KeyRow['spec']
  /** which key service holds the material; undefined: the embedded one */
  provider?: string
  /** that service's own name of the key */
  providerKey?: string | undefined
}

/** A version that has no material yet. */
export type KeyVersionName = Omit<KeyVersion, 'wrappedMaterial' | 'checkValue'>

/**
 * Where the material of project keys is used: in this process (embedded), or in a key service beside it.
 * Narrow on purpose (Go CDK `secrets/driver`): names, states, caching of rows and the language of errors are
 * the keyring's. `conformance.ts` is the suite that every provider passes.
 */
export interface KeyProvider {
  /** Makes fresh material for a version that the caller is about to store. */
  createKeyVersion(version: KeyVersionName): Promise<Pick<KeyVersion, 'wrappedMaterial' | 'checkValue'>>
  /**
   * Takes over imported material (32 bytes for AES_256, 16 for SM4); the same material gives the same check value
   * for the same key. The caller wipes `material`. Absent: this key service takes no material from outside.
   */
  importKeyVersion?(
    version: KeyVersionName,
    material: Buffer,
  ): Promise<Pick<KeyVersion, 'wrappedMaterial' | 'checkValue'>>
  /** Wraps a 32-byte data key (crypto/FORMAT.md, "Wrapped data key") for an object of `suite`. */
  wrapDataKey(version: KeyVersion, suite: SuiteName, dataKey: Buffer, binding: WrapBinding): Promise<Buffer>
  /** @throws an error with code IntegrityError, WrongKey or BadFormat for anything but what `wrapDataKey` made here */
  unwrapDataKey(version: KeyVersion, wrapped: Buffer, binding: WrapBinding): Promise<Buffer>
  /** Wipes what is open here of this key: its material was destroyed, deleted or imported anew. */
  forget(keyId: string): void
}
