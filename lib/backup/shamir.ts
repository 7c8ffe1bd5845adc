import { randomBytes } from 'node:crypto'

/** The value of every byte's polynomial at x = `index`. */
export interface Share {
  /** 1…255 */
  index: number
  /** as long as the secret */
  bytes: Buffer
}

const MOST_SHARES = 255

/**
 * Shamir's secret sharing over GF(2^8) with the AES polynomial x^8 + x^4 + x^3 + x + 1, byte by byte
 * (A. Shamir, "How to share a secret", 1979; draft-mcgrew-tss-03). Fewer than `threshold` shares are, whatever
 * is computed with them, as likely for one secret as for any other. Shares prove nothing: whoever combines them
 * checks the secret against a commitment.
 * @throws RangeError unless 2 ≤ threshold ≤ count ≤ 255
 */
export function splitSecret(secret: Buffer, threshold: number, count: number): Share[] {
  if (!Number.isInteger(threshold) || !Number.isInteger(count) || threshold < 2 || count > MOST_SHARES)
    throw new RangeError('2 to 255 shares can be made')
  if (threshold > count) throw new RangeError('More shares would be needed than there are')
  // One polynomial a byte: the secret is its constant term, all other coefficients are random (zero included).
  const coefficients = [secret, ...Array.from({ length: threshold - 1 }, () => randomBytes(secret.length))]
  const shares = Array.from({ length: count }, (_, i) => ({
    index: i + 1,
    bytes: evaluate(coefficients, i + 1),
  }))
  for (const random of coefficients.slice(1)) random.fill(0)
  return shares
}

/** Horner's rule, for all bytes at once. */
function evaluate(coefficients: readonly Buffer[], x: number): Buffer {
  const value = Buffer.alloc(coefficients[0]!.length)
  for (const coefficient of [...coefficients].reverse())
    for (let i = 0; i < value.length; i++) value[i] = multiply(value[i]!, x) ^ coefficient[i]!
  return value
}

/**
 * The polynomials' value at 0 by Lagrange interpolation through all given shares.
 * @throws RangeError for no shares, index 0, one index twice or different lengths
 */
export function combineShares(shares: readonly Share[]): Buffer {
  const indices = new Set(shares.map(({ index }) => index))
  const length = shares[0]?.bytes.length ?? 0
  if (length === 0 || indices.size !== shares.length) throw new RangeError('Shares must differ')
  if (shares.some(({ index, bytes }) => !(index >= 1 && index <= MOST_SHARES) || bytes.length !== length))
    throw new RangeError('These are no shares of one secret')
  const secret = Buffer.alloc(length)
  for (const { index, bytes } of shares) {
    const weight = weightAtZero(index, indices)
    for (let i = 0; i < length; i++) secret[i] = secret[i]! ^ multiply(bytes[i]!, weight)
  }
  return secret
}

/** Product of x_j / (x_j − x_i) over all other shares j; in this field minus is plus is XOR. */
function weightAtZero(index: number, indices: ReadonlySet<number>): number {
  let weight = 1
  for (const other of indices)
    if (other !== index) weight = multiply(weight, multiply(other, invert(other ^ index)))
  return weight
}

/**
 * Multiplication in GF(2^8), FIPS 197 §4.2. No table and no branch: time and memory look-ups tell nothing of the
 * secret, and 32 bytes do not need the speed that logarithm tables would give.
 */
export function multiply(a: number, b: number): number {
  let product = 0
  for (let bit = 0; bit < 8; bit++) {
    product ^= -((b >> bit) & 1) & a
    a = ((a << 1) ^ (-(a >> 7) & 0x11b)) & 0xff
  }
  return product
}

/** a^254 is 1/a, as a^255 is 1 for every a but 0. */
function invert(a: number): number {
  let result = 1
  for (let i = 0; i < 254; i++) result = multiply(result, a)
  return result
}
