import { randomBytes } from 'node:crypto'
import { StartError } from '../start-error.ts'
import { CKM, withToken } from './pkcs11-token.ts'
import type { LoadPkcs11, Pkcs11Options, Token } from './pkcs11-token.ts'
import type { RootWrapper } from './wrapped-root.ts'

const GCM = 1
const KWP = 2
const NONCE_BYTES = 12
const AAD = Buffer.from('coffer/wrapped-root/pkcs11/v1')

/**
 * Wraps the root under an AES key that never leaves a token (PKCS#11 2.40): `01 ‖ nonce(12) ‖ ciphertext ‖ tag(16)`
 * by AES-GCM, or where the token has no GCM `02 ‖ wrapping` by AES key wrap with padding (RFC 5649). The key is made
 * on the token, not extractable, when there is none of its label and a root is made.
 */
export class Pkcs11Wrapper implements RootWrapper {
  readonly wrapper = 'pkcs11'
  readonly name: string
  readonly mendWrongKey =
    'Use the token and the key label that it was wrapped with (COFFER_ROOT_PKCS11_TOKEN, COFFER_ROOT_PKCS11_KEY).'
  readonly files: readonly string[]
  readonly #options: Pkcs11Options
  readonly #load: LoadPkcs11 | undefined

  constructor(options: Pkcs11Options, load?: LoadPkcs11) {
    this.#options = options
    this.#load = load
    this.files = [options.pinFile]
    this.name = `the key ${options.key} on the token ${options.token}`
  }

  wrap(secret: Buffer): Promise<Buffer> {
    return this.#onToken((token) => {
      const key = token.findKey() ?? token.makeKey()
      token.refuseExtractable(key)
      if (token.knows(CKM.AES_GCM)) {
        const nonce = randomBytes(NONCE_BYTES)
        return Buffer.concat([Buffer.from([GCM]), nonce, token.encryptGcm(key, nonce, AAD, secret)])
      }
      if (token.knows(CKM.AES_KEY_WRAP_PAD))
        return Buffer.concat([Buffer.from([KWP]), token.wrapPadded(key, secret)])
      throw new StartError(
        `The token ${this.#options.token} knows neither AES-GCM nor AES key wrap with padding.`,
        'Choose another token, or another COFFER_ROOT.',
      )
    })
  }

  unwrap(wrapped: Buffer): Promise<Buffer | undefined> {
    return this.#onToken((token) => {
      const key = token.findKey()
      if (key === undefined) throw this.#keyMissing()
      const body = wrapped.subarray(1)
      if (wrapped[0] === GCM) {
        return token.decryptGcm(key, body.subarray(0, NONCE_BYTES), AAD, body.subarray(NONCE_BYTES))
      }
      return wrapped[0] === KWP ? token.unwrapPadded(key, body) : undefined
    })
  }

  #onToken<T>(work: (token: Token) => T): Promise<T> {
    return withToken(this.#options, work, this.#load)
  }

  #keyMissing(): StartError {
    const { token, key } = this.#options
    return new StartError(
      `The token ${token} holds no AES key ${key}, under which the root key is wrapped.`,
      'Restore the key on the token, or name the right one with COFFER_ROOT_PKCS11_TOKEN and COFFER_ROOT_PKCS11_KEY.',
    )
  }
}
