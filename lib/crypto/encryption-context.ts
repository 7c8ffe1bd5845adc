import { CryptoError } from './crypto-error.ts'

const MAX_BYTES = 8192

/** Pairs sorted by the UTF-8 bytes of their keys: one spelling for one context. */
export function contextPairs(context: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(context).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

/**
 * Base64 of a UTF-8 JSON object of strings (S3 API, x-amz-server-side-encryption-context). At most 8 KiB; a
 * key given twice is refused, because parsers differ on which one counts.
 * @throws CryptoError BadArgument
 */
export function parseEncryptionContext(base64: string): Record<string, string> {
  if (base64.length > (MAX_BYTES * 4) / 3 + 4 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw refused()
  const text = decodeUtf8(Buffer.from(base64, 'base64'))
  const value = parseJson(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused()
  const entries = Object.entries(value)
  if (!entries.every((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0] !== ''))
    throw refused()
  // Whatever a repeated key or `__proto__` lost in parsing shows as a difference in length.
  if (entries.length !== countPairs(text)) throw refused()
  return Object.fromEntries(entries)
}

/** The spelling that is echoed to clients: base64 of compact JSON, keys sorted. */
export function encodeEncryptionContext(context: Readonly<Record<string, string>>): string {
  return Buffer.from(JSON.stringify(Object.fromEntries(contextPairs(context)))).toString('base64')
}

/** Strings of a flat JSON object come in pairs; escapes cannot hide a quote. */
function countPairs(json: string): number {
  return (json.match(/"(?:[^"\\]|\\.)*"/g)?.length ?? 0) / 2
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw refused()
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw refused()
  }
}

function refused(): CryptoError {
  return new CryptoError(
    'BadArgument',
    'The encryption context must be Base64 of a UTF-8 JSON object of strings',
  )
}
