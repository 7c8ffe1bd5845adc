import { RemoteError } from '../providers/remote-cipher.ts'
import type { RemoteCipher, RemoteFailure } from '../providers/remote-cipher.ts'
import { StartError } from '../start-error.ts'
import type { RootWrapper } from './wrapped-root.ts'

const CONTEXT = { 'coffer:purpose': 'root' }

export interface RemoteWrapperOptions {
  wrapper: 'vault' | 'aws-kms'
  cipher: RemoteCipher
  /** the service's name of the key */
  key: string
  address: string
  /** credential files of the service */
  files: readonly string[]
}

/** Wraps the root under a key of a key service, which is asked once a start; per-object work stays here. */
export class RemoteWrapper implements RootWrapper {
  readonly wrapper: 'vault' | 'aws-kms'
  readonly name: string
  readonly mendWrongKey: string
  readonly files: readonly string[]
  readonly #options: RemoteWrapperOptions

  constructor(options: RemoteWrapperOptions) {
    const { wrapper, key, address, files } = options
    this.wrapper = wrapper
    this.files = files
    this.name = `the key ${key} of the key service at ${address}`
    this.mendWrongKey = `Name the key, and the service, that it was wrapped with; it must allow both encrypting and decrypting to Coffer.`
    this.#options = options
  }

  async wrap(secret: Buffer): Promise<Buffer> {
    const { cipher, key } = this.#options
    const wrapped = await this.#asked(() => cipher.encrypt(key, secret, CONTEXT))
    if (wrapped === undefined) throw this.#refusal(new RemoteError('refused', 'encrypt'))
    return wrapped
  }

  unwrap(wrapped: Buffer): Promise<Buffer | undefined> {
    const { cipher, key } = this.#options
    return this.#asked(() => cipher.decrypt(key, wrapped, CONTEXT))
  }

  async #asked(call: () => Promise<Buffer>): Promise<Buffer | undefined> {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error
      if (error.failure === 'invalid') return undefined
      throw this.#refusal(error)
    }
  }

  #refusal({ failure, reason }: RemoteError): StartError {
    const { address, key } = this.#options
    const mends: Record<Exclude<RemoteFailure, 'invalid'>, string> = {
      away: `Make sure that it runs, is reached from here and shows a certificate that is trusted, then start again.`,
      busy: `Unseal it or wait until it has recovered, then start again.`,
      refused: `Check the credentials, that the key ${key} exists and is enabled, and that they may encrypt and decrypt with it.`,
    }
    return new StartError(
      `The root key cannot be unsealed: the key service at ${address} ${SAYS[failure]} (${reason}).`,
      failure === 'invalid' ? this.mendWrongKey : mends[failure],
    )
  }
}

const SAYS: Record<RemoteFailure, string> = {
  away: 'does not answer',
  busy: 'answers that it cannot work now',
  refused: 'refuses',
  invalid: 'does not know it',
}
