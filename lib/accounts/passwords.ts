import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { StoreError } from '../errors.ts'
import { createGate } from './gate.ts'

/** argon2id (the library's default kind) as the OWASP password storage cheat sheet recommends it. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 }

/** Characters after normalisation; NIST SP 800-63B §3.1.1.2 wants at least 64 to be accepted. */
const SHORTEST = 12
const LONGEST = 1024

/** Hashing runs on libuv's four threads, which also serve files: a flood of sign-ins must not take them all. */
const AT_ONCE = 2
const WAITING = 100

/** Hashes and verifies passwords, never more than a few at once. */
export class Passwords {
  readonly #gate = createGate({ atOnce: AT_ONCE, waiting: WAITING })
  /** What an unknown e-mail is verified against, so that it takes as long as a known one. */
  readonly #nobodys = hash(randomBytes(32), PARAMETERS)

  /** @returns a PHC string. @throws StoreError InvalidArgument for a password that is too short or too long */
  hash(password: string): Promise<string> {
    const text = checkedPassword(password)
    return this.#gate(() => hash(text, PARAMETERS))
  }

  /**
   * False for an unknown user (`stored` undefined) after the same work as for a wrong password.
   * @throws StoreError TooManyAttempts when too many are waiting
   */
  async matches(stored: string | undefined, password: string): Promise<boolean> {
    const nobodys = await this.#nobodys
    const text = normalized(password) ?? ''
    const matches = await this.#gate(() => verify(stored ?? nobodys, text))
    return matches && stored !== undefined
  }
}

/**
 * The password as it is hashed: NFKC, so that the same characters typed on another keyboard are the same password.
 * @throws StoreError InvalidArgument
 */
export function checkedPassword(password: string): string {
  const text = normalized(password)
  if (text !== undefined && [...text].length >= SHORTEST) return text
  const facts = { field: 'password', shortest: SHORTEST, longest: LONGEST }
  throw new StoreError('InvalidArgument', `A password has ${SHORTEST} to ${LONGEST} characters`, facts)
}

/** Undefined when it is too long; what is absurdly long is not even normalised. */
function normalized(password: string): string | undefined {
  if (password.length > 4 * LONGEST) return undefined
  const text = password.normalize('NFKC')
  return text.length <= LONGEST ? text : undefined
}
