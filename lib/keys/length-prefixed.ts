import { lengthPrefixed } from '../crypto/bytes.ts'

/** LP(x)‖LP(y)… of crypto/FORMAT.md: no two lists of texts give the same bytes. */
export function lengthPrefixedList(texts: readonly string[]): Buffer {
  return Buffer.concat(texts.map(lengthPrefixed))
}
