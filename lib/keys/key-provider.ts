import type { WrapBinding } from '../crypto/wrap.ts'
import type { SuiteName } from '../crypto/suites.ts'
import type { KeyRow, KeyVersionRow } from './key-repository.ts'

/** One version of a project's key as a provider sees it. */
export interface KeyVersion extends Pick<
  KeyVersionRow,
  'keyId' | 'version' | 'wrappedMaterial' | 'checkValue'
> {
  spec: KeyRow['spec']
}

/**
 * Where the material of project keys is used: in this process (embedded), or in a key service beside it.
 * Narrow on purpose (Go CDK `secrets/driver`): names, states, caching of rows and the language of errors are
 * the keyring's. `conformance.ts` is the suite that every provider passes.
 */
export interface KeyProvider {
  /** Makes fresh material for a version that the caller is about to store. */
  createKeyVersion(
    version: Pick<KeyVersion, 'keyId' | 'version' | 'spec'>,
  ): Promise<Pick<KeyVersion, 'wrappedMaterial' | 'checkValue'>>
  /** Wraps a 32-byte data key (crypto/FORMAT.md, "Wrapped data key") for an object of `suite`. */
  wrapDataKey(version: KeyVersion, suite: SuiteName, dataKey: Buffer, binding: WrapBinding): Promise<Buffer>
  /** @throws an error with code IntegrityError, WrongKey or BadFormat for anything but what `wrapDataKey` made here */
  unwrapDataKey(version: KeyVersion, wrapped: Buffer, binding: WrapBinding): Promise<Buffer>
}
