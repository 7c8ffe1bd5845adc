/** LP(x)… of crypto/FORMAT.md: each text as BE32 length ‖ UTF-8 bytes, so no two lists of texts give the same bytes. */
export function lengthPrefixed(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text)
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return [length, bytes]
    }),
  )
}
