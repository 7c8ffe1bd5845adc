import { createHmac, createSecretKey, hkdfSync } from 'node:crypto'
import { lengthPrefixedList } from '../length-prefixed.ts'

export const ROOT_SECRET_BYTES = 32

/** What the root may be used for. Each purpose is an HKDF label of its own, so no key serves two ends. */
export type RootPurpose =
  | 'check-value'
  | 'key-material'
  | 'key-check-value'
  | 'service-key'
  | 'customer-key-pepper'
  | 'seal'
  | 'audit'
  | 'receipt'

/**
 * The root secret behind a door: purposes are derived from it, its bytes never leave this module.
 * `version` is written into everything it seals, so that a later root can tell what it has to rewrap.
 */
export interface Root {
  /** 1…255 */
  readonly version: number
  /** 32 bytes that recognise this root and tell nothing else about it */
  readonly checkValue: Buffer
  /** 32 bytes: HKDF-SHA256 (RFC 5869) of the root under `purpose` and `context`. */
  derive(purpose: RootPurpose, ...context: string[]): Buffer
}

/**
 * Takes over 32 bytes of root secret; the buffer it is given is wiped.
 * @throws TypeError for another length
 */
export function rootFromSecret(secret: Buffer, version = 1): Root {
  if (secret.length !== ROOT_SECRET_BYTES) throw new TypeError('A root secret has 32 bytes')
  const key = createSecretKey(secret)
  secret.fill(0)
  const derive = (purpose: RootPurpose, ...context: string[]): Buffer => {
    const info = Buffer.concat([Buffer.from(`coffer/root/v1/${purpose}\0`), lengthPrefixedList(context)])
    return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), info, 32))
  }
  const checkValue = createHmac('sha256', derive('check-value')).update('coffer root check value').digest()
  return Object.freeze({ version, checkValue, derive })
}
