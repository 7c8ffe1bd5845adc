import { createHash } from 'node:crypto'
import { ROOT_SECRET_BYTES } from './root-key.ts'

const MAGIC = 'coffer-root-key'
const VERSION = 1

/**
 * The text of a root key file, three lines: `coffer-root-key 1`, the secret in base64, and 16 hex digits
 * that tell a whole file from a half-written or mistyped one.
 */
export function encodeRootKey(secret: Buffer): string {
  return `${MAGIC} ${VERSION}\n${secret.toString('base64')}\n${checksum(secret)}\n`
}

/** The secret in the text, or undefined when the text is not a whole root key file of this version. */
export function decodeRootKey(text: string): Buffer | undefined {
  const [, base64, digits] =
    /^coffer-root-key 1\r?\n([A-Za-z0-9+/]{43}=)\r?\n([0-9a-f]{16})\r?\n?$/.exec(text) ?? []
  if (base64 === undefined || digits === undefined) return undefined
  const secret = Buffer.from(base64, 'base64')
  // Base64 of 32 bytes leaves two bits unused: only the one canonical spelling is whole.
  const whole = secret.length === ROOT_SECRET_BYTES && secret.toString('base64') === base64
  return whole && checksum(secret) === digits ? secret : undefined
}

function checksum(secret: Buffer): string {
  return createHash('sha256').update(`${MAGIC} ${VERSION}\0`).update(secret).digest('hex').slice(0, 16)
}
