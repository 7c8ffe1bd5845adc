import { sameBytes } from '../same-bytes.ts'
import { StartError } from '../start-error.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'
import { ROOT_SECRET_BYTES } from './root-key.ts'
import type { FoundRoot, RootSource } from './root-source.ts'
import { decodeWrappedRoot, encodeWrappedRoot } from './wrapped-root-text.ts'
import type { WrapperName } from './wrapped-root-text.ts'

/** Something that wraps a root under a key which Coffer does not keep: a passphrase, a token, a key service. */
export interface RootWrapper {
  readonly wrapper: WrapperName
  /** ends a sentence, e.g. "the passphrase in /run/pass" */
  readonly name: string
  /** how to mend a root that this key does not open */
  readonly mendWrongKey: string
  /** secret files of its own, such as a passphrase or a PIN */
  readonly files: readonly string[]
  /** @throws StartError when it is away or its settings are wrong */
  wrap(secret: Buffer): Promise<Buffer>
  /**
   * @returns undefined when this key did not wrap it
   * @throws StartError when it is away or its settings are wrong
   */
  unwrap(wrapped: Buffer): Promise<Buffer | undefined>
}

/** A random root, wrapped, in a file of mode 0600 beside the root key's place: a copy of the file alone opens nothing. */
export class WrappedRoot implements RootSource {
  readonly name: string
  readonly files: readonly string[]
  readonly mend: RootSource['mend']
  readonly #wrapper: RootWrapper
  readonly #file

  /** @param path absolute */
  constructor(path: string, wrapper: RootWrapper) {
    this.#wrapper = wrapper
    this.#file = { what: 'wrapped root key', path, setting: 'COFFER_ROOT_KEY_FILE' }
    this.name = `The wrapped root key ${path}`
    this.files = [path, ...wrapper.files]
    this.mend = {
      missing:
        'Put the file back from your backup. Did this data folder begin with another root? Then set COFFER_ROOT as it was, or move the root with: npm run root:move. To begin afresh, choose an empty data folder.',
      damaged:
        'Put the whole file back from your backup: nothing in this data folder can be decrypted without it.',
      wrong:
        'Put the right file back from your backup, or point COFFER_DATA_DIR to the data folder that belongs to this root key.',
    }
  }

  async unseal(): Promise<FoundRoot> {
    const bytes = await readPrivateFile(this.#file)
    if (bytes === undefined) return { kind: 'missing' }
    const found = decodeWrappedRoot(bytes.toString('latin1'))
    if (found === undefined) return { kind: 'damaged' }
    if (found.wrapper !== this.#wrapper.wrapper) throw this.#otherWrapper(found.wrapper)
    const secret = await this.#wrapper.unwrap(found.wrapped)
    if (secret?.length !== ROOT_SECRET_BYTES) throw this.#wrongKey()
    return { kind: 'whole', secret }
  }

  async keep(secret: Buffer, replace: boolean): Promise<void> {
    const wrapped = await this.#wrapper.wrap(secret)
    // A key service may be allowed to seal and not to open: better known before the old file is replaced.
    if (!(await this.#opens(wrapped, secret))) throw this.#wrongKey()
    await writePrivateFile(this.#file, encodeWrappedRoot(this.#wrapper.wrapper, wrapped), replace)
  }

  async #opens(wrapped: Buffer, secret: Buffer): Promise<boolean> {
    const opened = await this.#wrapper.unwrap(wrapped)
    const same = opened !== undefined && sameBytes(opened, secret)
    opened?.fill(0)
    return same
  }

  #otherWrapper(other: string): StartError {
    return new StartError(
      `${this.name} was wrapped with COFFER_ROOT=${other}, but COFFER_ROOT is ${this.#wrapper.wrapper}.`,
      `Set COFFER_ROOT=${other} with its settings; to change it, use: npm run root:move`,
    )
  }

  #wrongKey(): StartError {
    return new StartError(
      `${this.name} cannot be opened with ${this.#wrapper.name}.`,
      this.#wrapper.mendWrongKey,
    )
  }
}
