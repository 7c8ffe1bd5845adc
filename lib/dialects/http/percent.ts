import { StoreError } from '../../errors.ts'

const NON_ASCII = /[^\x00-\x7f]/g
const RESERVED_BY_RFC_3986 = /[!'()*]/g
const HIGH_BYTE = /[\x80-\xff]/

/**
 * Percent-decodes one piece of a URL (RFC 3986 §2.1). Decoded exactly once and never normalised, because
 * object keys may hold `%2F`, dot segments and doubled slashes as data. Raw bytes above 0x7F, which Node hands
 * over as Latin-1, count as if they were escaped.
 * @throws StoreError InvalidUri on a broken escape or bytes that are not UTF-8
 */
export function decodePercent(text: string): string {
  if (!text.includes('%') && !HIGH_BYTE.test(text)) return text
  try {
    return decodeURIComponent(text.replace(NON_ASCII, escapeByte))
  } catch {
    throw new StoreError('InvalidUri', "Couldn't parse the specified URI.")
  }
}

/** Percent-encodes everything but the unreserved characters A-Z a-z 0-9 - _ . ~ (RFC 3986 §2.3). */
export function encodePercent(text: string): string {
  return encodeURIComponent(text).replace(RESERVED_BY_RFC_3986, escapeByte)
}

/** The same for a path or a key: slashes stay. */
export function encodePath(text: string): string {
  return encodePercent(text).replaceAll('%2F', '/')
}

function escapeByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
