import { customerKek, customerKeySalt, customerVerifier, matchesVerifier } from '../crypto/customer-key.ts'
import type { SuiteName } from '../crypto/suites.ts'
import { StoreError } from '../errors.ts'
import type { Root } from './root/root-key.ts'

export interface CustomerKeyProof {
  customerKeySalt: Buffer
  customerKeyVerifier: Buffer
}

const KEY_BYTES: Record<SuiteName, number> = { AES256: 32, SM4: 16 }

/**
 * Keys that clients bring with every request (SSE-C). None is stored, nor any digest of one: what is kept is a
 * verifier under a pepper from the root, so a thief of the database alone cannot try weak keys.
 */
export class CustomerKeys {
  readonly #pepper: Buffer

  constructor(root: Root) {
    this.#pepper = root.derive('customer-key-pepper')
  }

  /** Salt and verifier for a fresh record. */
  prove(key: Buffer): CustomerKeyProof {
    const salt = customerKeySalt()
    return { customerKeySalt: salt, customerKeyVerifier: customerVerifier(this.#pepper, salt, key) }
  }

  /** Constant time; false for a key of any other length too. */
  matches(proof: CustomerKeyProof, key: Buffer): boolean {
    return matchesVerifier(proof.customerKeyVerifier, this.#pepper, proof.customerKeySalt, key)
  }

  /** 32 bytes that wrap the data key. */
  kek(proof: CustomerKeyProof, key: Buffer): Buffer {
    return customerKek(key, this.#pepper, proof.customerKeySalt)
  }
}

/** @throws StoreError InvalidCustomerKey when the key has not the size of its cipher's */
export function checkCustomerKeySize(suite: SuiteName, key: Buffer): void {
  if (key.length === KEY_BYTES[suite]) return
  throw new StoreError('InvalidCustomerKey', 'The secret key was invalid for the specified algorithm.', {
    bytes: key.length,
    expected: KEY_BYTES[suite],
  })
}
