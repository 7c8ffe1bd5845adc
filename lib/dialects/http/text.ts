const utf8 = new TextDecoder('utf-8', { fatal: true })
const PLAIN_ASCII = /^[\x20-\x7e]*$/

/**
 * The text of a header value. Node hands the bytes over as Latin-1; clients mean UTF-8 (Go, curl, browsers) or,
 * rarely, Latin-1 itself.
 */
export function headerToText(value: string): string {
  if (PLAIN_ASCII.test(value)) return value
  try {
    return utf8.decode(Buffer.from(value, 'latin1'))
  } catch {
    return value
  }
}

/** The reverse, for answers: UTF-8 bytes as the Latin-1 string that Node and the Fetch API write out. */
export function textToHeader(text: string): string {
  return PLAIN_ASCII.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}

/** True when the text can stand in a header: no control characters, so no header can be smuggled in (RFC 9110 §5.5). */
export function isHeaderSafe(text: string): boolean {
  return !/[\x00-\x08\x0a-\x1f\x7f]/.test(text)
}

/** Strict base64 (RFC 4648 §4) of exactly `bytes` bytes, or undefined. Buffer.from would skip what it cannot read. */
export function decodeBase64(text: string, bytes?: number): Buffer | undefined {
  const decoded = Buffer.from(text, 'base64')
  if (decoded.toString('base64') !== text) return undefined
  return bytes === undefined || decoded.length === bytes ? decoded : undefined
}
