/** Crockford's alphabet: no I, L, O or U, so that what is read from paper is not mistaken. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Crockford base32, five bits a letter, most significant first; the last letter is filled with zero bits. */
export function encodeBase32(bytes: Buffer): string {
  let letters = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) letters += ALPHABET[(value >> (bits - 5)) & 31]
    value &= (1 << bits) - 1
  }
  return bits > 0 ? letters + ALPHABET[(value << (5 - bits)) & 31] : letters
}

/** Small letters, and O, I and L for 0 and 1, are understood; undefined for any other letter or bits left over. */
export function decodeBase32(text: string): Buffer | undefined {
  const bytes: number[] = []
  let bits = 0
  let value = 0
  for (const letter of text.toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1')) {
    const digit = ALPHABET.indexOf(letter)
    if (digit < 0) return undefined
    value = (value << 5) | digit
    bits += 5
    if (bits >= 8) bytes.push((value >> (bits -= 8)) & 255)
    value &= (1 << bits) - 1
  }
  return value === 0 && bits < 5 ? Buffer.from(bytes) : undefined
}
