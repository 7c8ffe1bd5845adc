import type { Suite } from './schemas.ts'
import { CUSTOMER_KEY_BYTES, type CustomerKeyJson } from './schemas-modify-encryption.ts'

/** What a key file says of itself. */
const ALGORITHMS: Record<Suite, string> = { AES256: 'AES256', SM4: 'SM4' }

/** A fresh key from the browser's own generator. */
export function generateCustomerKey(suite: Suite): CustomerKeyJson {
  return { suite, key: toBase64(crypto.getRandomValues(new Uint8Array(CUSTOMER_KEY_BYTES[suite]))) }
}

/** The file to keep: as an S3 client wants the key (SSECustomerAlgorithm, SSECustomerKey), and for what. */
export function keyFileText({ suite, key }: CustomerKeyJson, object: string): string {
  return `${JSON.stringify({ object, algorithm: ALGORITHMS[suite], key }, undefined, 2)}\n`
}

/**
 * A key as people have it: our key file, Base64 (padded or not, as COS's SDK sends it), or hex.
 * @returns undefined for anything that is no key of this cipher
 */
export function readCustomerKey(text: string, suite: Suite): CustomerKeyJson | undefined {
  const written = keyInFile(text) ?? text.trim()
  const bytes = fromHex(written) ?? fromBase64(written)
  if (bytes === undefined || bytes.length !== CUSTOMER_KEY_BYTES[suite]) return undefined
  return { suite, key: toBase64(bytes) }
}

/** The same from a file, which may also be nothing but the key's bytes. */
export function readKeyFile(bytes: Uint8Array, suite: Suite): CustomerKeyJson | undefined {
  if (bytes.length === CUSTOMER_KEY_BYTES[suite]) return { suite, key: toBase64(bytes) }
  return readCustomerKey(new TextDecoder().decode(bytes), suite)
}

function keyInFile(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const key = typeof value === 'object' && value !== null && 'key' in value ? value.key : undefined
    return typeof key === 'string' ? key : undefined
  } catch {
    return undefined
  }
}

function fromHex(text: string): Uint8Array | undefined {
  if (!/^(?:[0-9a-f]{32}|[0-9a-f]{64})$/i.test(text)) return undefined
  return Uint8Array.from(text.match(/../g)!, (pair) => Number.parseInt(pair, 16))
}

function fromBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]{22,43}={0,2}$/.test(text)) return undefined
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}
