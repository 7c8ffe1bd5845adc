import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, scrypt } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { StartError } from '../start-error.ts'
import type { RootWrapper } from './wrapped-root.ts'

/** scrypt (RFC 7914) with 128 MiB; more is refused, so that a changed file cannot exhaust the memory. */
const LOG_N = 17
const LARGEST_LOG_N = 20
const BLOCK_SIZE = 8
const FORMAT = 1
const SALT_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEADER_BYTES = 2 + SALT_BYTES + NONCE_BYTES
const SHORTEST_PASSPHRASE = 12

export interface PassphraseOptions {
  /** ends a sentence, e.g. "the passphrase in /run/pass" */
  name: string
  /** @throws StartError */
  read: () => Promise<string>
  /** the file it is read from, if any */
  files: readonly string[]
  /** log2 of scrypt's N, at which it wraps and below which it opens nothing; 17 unless a test has no time */
  logN?: number
}

/**
 * Wraps the root under a passphrase: `01 ‖ log2 N ‖ salt(32) ‖ nonce(12) ‖ ciphertext ‖ tag(16)`, AES-256-GCM under
 * scrypt(NFKC(passphrase), salt, N, r = 8, p = 1), everything before the ciphertext as AAD.
 */
export class PassphraseWrapper implements RootWrapper {
  readonly wrapper = 'passphrase'
  readonly name: string
  readonly mendWrongKey =
    'Give the passphrase that it was wrapped with. To change it afterwards, use: npm run root:move'
  readonly files: readonly string[]
  readonly #read: () => Promise<string>
  readonly #logN: number
  #derived: { parameters: Buffer; key: KeyObject } | undefined

  constructor({ name, read, files, logN = LOG_N }: PassphraseOptions) {
    this.#logN = logN
    this.name = name
    this.files = files
    // Standard input can be read once, and a first start asks twice.
    let once: Promise<string> | undefined
    this.#read = () => (once ??= read())
  }

  async wrap(secret: Buffer): Promise<Buffer> {
    const passphrase = await this.#read()
    if ([...passphrase].length < SHORTEST_PASSPHRASE) throw tooShort(this.name)
    const header = Buffer.concat([
      Buffer.from([FORMAT, this.#logN]),
      randomBytes(SALT_BYTES),
      randomBytes(NONCE_BYTES),
    ])
    const key = await this.#keyFor(passphrase, header)
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(header), { authTagLength: TAG_BYTES })
    cipher.setAAD(header)
    const ciphertext = cipher.update(secret)
    cipher.final()
    return Buffer.concat([header, ciphertext, cipher.getAuthTag()])
  }

  async unwrap(wrapped: Buffer): Promise<Buffer | undefined> {
    const passphrase = await this.#read()
    const header = wrapped.subarray(0, HEADER_BYTES)
    const logN = header[1] ?? 0
    if (wrapped.length < HEADER_BYTES + TAG_BYTES || header[0] !== FORMAT) return undefined
    if (logN < this.#logN || logN > LARGEST_LOG_N) return undefined
    const key = await this.#keyFor(passphrase, header)
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(header), { authTagLength: TAG_BYTES })
    decipher.setAAD(header)
    decipher.setAuthTag(wrapped.subarray(wrapped.length - TAG_BYTES))
    const secret = decipher.update(wrapped.subarray(HEADER_BYTES, wrapped.length - TAG_BYTES))
    try {
      decipher.final()
      return secret
    } catch {
      secret.fill(0)
      return undefined
    }
  }

  /** What was just wrapped is opened at once to see that it opens: one derivation for both. */
  async #keyFor(passphrase: string, header: Buffer): Promise<KeyObject> {
    const parameters = header.subarray(0, 2 + SALT_BYTES)
    if (this.#derived?.parameters.equals(parameters)) return this.#derived.key
    const bytes = await keyFrom(passphrase, header)
    const key = createSecretKey(bytes)
    bytes.fill(0)
    this.#derived = { parameters: Buffer.from(parameters), key }
    return key
  }
}

function nonceOf(header: Buffer): Buffer {
  return header.subarray(2 + SALT_BYTES)
}

function keyFrom(passphrase: string, header: Buffer): Promise<Buffer> {
  const N = 2 ** (header[1] ?? 0)
  const options = { N, r: BLOCK_SIZE, p: 1, maxmem: 2 * 128 * N * BLOCK_SIZE }
  return new Promise((resolve, reject) =>
    // Keyboards and editors spell é in two ways; NFKC makes them one (RFC 8265 §4.2).
    scrypt(passphrase.normalize('NFKC'), header.subarray(2, 2 + SALT_BYTES), 32, options, (error, key) =>
      error ? reject(error) : resolve(key),
    ),
  )
}

function tooShort(name: string): StartError {
  return new StartError(
    `The root key cannot be wrapped: ${name} has fewer than ${SHORTEST_PASSPHRASE} characters.`,
    'Choose a longer one, such as six random words: whoever has the wrapped root key can try passphrases at leisure.',
  )
}
