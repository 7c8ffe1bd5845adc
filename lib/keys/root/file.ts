import { readPrivateFile, writePrivateFile } from './private-file.ts'
import type { FoundRoot, RootSource } from './root-source.ts'
import { decodeRootKey, encodeRootKey } from './root-key-text.ts'

/** The root secret in a file of its own, mode 0600, outside the data folder. The default. */
export class FileRoot implements RootSource {
  readonly name: string
  readonly files: readonly string[]
  readonly mend = {
    missing:
      'Put the file back from your backup, or point COFFER_ROOT_KEY_FILE to where it lies. To begin afresh instead, choose an empty data folder.',
    damaged:
      'Put the whole file back from your backup: without it nothing in this data folder can be decrypted.',
    wrong:
      'Put the right key file back from your backup, or point COFFER_DATA_DIR to the data folder that belongs to this key.',
  }
  readonly #file

  /** @param path absolute */
  constructor(path: string) {
    this.name = `The root key file ${path}`
    this.files = [path]
    this.#file = { what: 'root key file', path, setting: 'COFFER_ROOT_KEY_FILE' }
  }

  async unseal(): Promise<FoundRoot> {
    const bytes = await readPrivateFile(this.#file)
    if (bytes === undefined) return { kind: 'missing' }
    const secret = decodeRootKey(bytes.toString('latin1'))
    bytes.fill(0)
    return secret === undefined ? { kind: 'damaged' } : { kind: 'whole', secret }
  }

  keep(secret: Buffer, replace: boolean): Promise<void> {
    return writePrivateFile(this.#file, encodeRootKey(secret), replace)
  }
}
