/**
 * Keys as the database orders them: by UTF-8 bytes. JavaScript compares UTF-16 units, which differs beyond
 * U+FFFF, so keys are never compared as strings.
 */
export type KeyBound = Buffer

export function keyBytes(key: string): KeyBound {
  return Buffer.from(key)
}

/** The smallest bound after every string that begins with `prefix`; undefined for the empty prefix. */
export function afterPrefix(prefix: string): KeyBound | undefined {
  if (prefix === '') return undefined
  const bytes = Buffer.from(prefix)
  // UTF-8 has no byte 0xFF, so the last one can always be counted up. The bound need not be UTF-8.
  bytes[bytes.length - 1]! += 1
  return bytes
}

export function isBefore(a: KeyBound, b: KeyBound): boolean {
  return Buffer.compare(a, b) < 0
}

/** The common prefix a key rolls up to: up to and with the first delimiter behind `prefix`. */
export function commonPrefixOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '' || !key.startsWith(prefix)) return undefined
  const at = key.indexOf(delimiter, prefix.length)
  return at < 0 ? undefined : key.slice(0, at + delimiter.length)
}
