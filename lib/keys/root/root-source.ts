/** What a source has: nothing, a root secret of 32 bytes, or something half-written. */
export type FoundRoot = { kind: 'missing' } | { kind: 'damaged' } | { kind: 'whole'; secret: Buffer }

/**
 * Where the root secret comes from. Narrow on purpose: when a root may be made and what is refused are
 * `open-root.ts`'s rules. `conformance.ts` is the suite that every source passes.
 */
export interface RootSource {
  /** begins a sentence, e.g. "The root key file /etc/coffer/root.key" */
  readonly name: string
  /** files of this source: none may lie in the data folder, whoever copies that would get the key with it */
  readonly files: readonly string[]
  /** how to mend a source that is missing or damaged, or holds the root of another data folder */
  readonly mend: { missing: string; damaged: string; wrong: string }
  /** for a source that Coffer cannot write to: how a person puts a root there that exists already */
  readonly byHand?: string
  /**
   * The caller wipes the secret.
   * @throws StartError when it is there and cannot or must not be opened: readable by others, a wrong passphrase,
   *   a key service away
   */
  unseal(): Promise<FoundRoot>
  /**
   * Keeps a secret of 32 bytes, durably and before anything is wrapped under it; the caller wipes it.
   * @param replace false: an existing root is never overwritten. true: the same secret, sealed anew
   * @throws StartError
   */
  keep(secret: Buffer, replace: boolean): Promise<void>
}
