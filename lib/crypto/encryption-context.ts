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
  if (base64.length > 2 * MAX_BYTES) throw refused()
  const bytes = Buffer.from(base64, 'base64')
  // Node skips what is not Base64; only the one right spelling comes back unchanged (RFC 4648, §3.3 and §3.5).
  if (bytes.length > MAX_BYTES || bytes.toString('base64') !== base64) throw refused()
  const text = decodeUtf8(bytes)
  const value = parseJson(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused()
  const entries = Object.entries(value)
  if (!entries.every(isPair)) throw refused()
  // Whatever a repeated key lost in parsing shows as a difference in length.
  if (entries.length !== countPairs(text)) throw refused()
  return Object.fromEntries(entries)
}

/** The spelling that is echoed to clients: base64 of compact JSON, keys sorted. */
export function encodeEncryptionContext(context: Readonly<Record<string, string>>): string {
  // Not through an object: that would put keys like "10" first.
  const members = contextPairs(context).map((pair) => pair.map((text) => JSON.stringify(text)).join(':'))
  return Buffer.from(`{${members.join(',')}}`).toString('base64')
}

/** UTF-8 cannot spell half a surrogate pair, so what is bound could not be what was given. */
function isPair(entry: [string, unknown]): entry is [string, string] {
  const [key, value] = entry
  return key !== '' && typeof value === 'string' && key.isWellFormed() && value.isWellFormed()
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
