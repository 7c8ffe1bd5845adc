import { join } from 'node:path'
import { StartError } from '../start-error.ts'
import { readPrivateFile } from './private-file.ts'
import { ROOT_SECRET_BYTES } from './root-key.ts'
import { decodeRootKey } from './root-key-text.ts'
import type { FoundRoot, RootSource } from './root-source.ts'

export interface CredentialOptions {
  /** $CREDENTIALS_DIRECTORY, which systemd sets for a unit that has credentials */
  directory: string | undefined
  name: string
}

/**
 * The root secret as a systemd credential, e.g. `LoadCredentialEncrypted=`, which may be bound to the TPM
 * (systemd.exec(5), systemd-creds(1)): 32 random bytes, or the text of a root key file. Coffer reads it and can
 * never make it.
 */
export class CredentialRoot implements RootSource {
  readonly name: string
  readonly files: readonly string[] = []
  readonly mend: RootSource['mend']
  readonly byHand: string
  readonly #options: CredentialOptions

  constructor(options: CredentialOptions) {
    this.#options = options
    this.name = `The systemd credential ${options.name}`
    this.byHand = `Put the root key into a file first, by the same command with COFFER_ROOT=file and COFFER_ROOT_KEY_FILE; then: systemd-creds encrypt --name=${options.name} THAT-FILE /etc/credstore.encrypted/${options.name} — and add LoadCredentialEncrypted=${options.name} to the unit.`
    this.mend = {
      missing: `Add LoadCredentialEncrypted=${options.name}:/etc/credstore.encrypted/${options.name} to the unit; if that file is lost, make it anew: npm run kms:restore with COFFER_ROOT=file writes the root key to a file, and systemd-creds encrypt --name=${options.name} seals that.`,
      damaged: `A credential of ${ROOT_SECRET_BYTES} random bytes or the text of a root key file is expected: make it anew from your backup of the root key with systemd-creds encrypt.`,
      wrong:
        'Load the credential that this data folder began with, or point COFFER_DATA_DIR to the data folder that belongs to this one.',
    }
  }

  async unseal(): Promise<FoundRoot> {
    const { directory, name } = this.#options
    if (directory === undefined) return { kind: 'missing' }
    // systemd may give access by an ACL, whose mask shows as the group's bits (systemd.exec(5), credentials).
    const bytes = await readPrivateFile({
      what: 'systemd credential',
      path: join(directory, name),
      setting: 'COFFER_ROOT_CREDENTIAL',
      forbidden: 0o037,
    })
    if (bytes === undefined) return { kind: 'missing' }
    const secret =
      bytes.length === ROOT_SECRET_BYTES ? Buffer.from(bytes) : decodeRootKey(bytes.toString('latin1'))
    bytes.fill(0)
    return secret === undefined ? { kind: 'damaged' } : { kind: 'whole', secret }
  }

  async keep(): Promise<void> {
    const { name } = this.#options
    throw new StartError(
      `${this.name} is missing, and Coffer cannot make it: only systemd hands out credentials.`,
      `Make one with: head -c 32 /dev/urandom | systemd-creds encrypt --name=${name} - /etc/credstore.encrypted/${name} — keep a copy of those 32 bytes in a safe place, and add LoadCredentialEncrypted=${name} to the unit.`,
    )
  }
}
