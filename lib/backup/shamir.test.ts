import fc from 'fast-check'
import { expect, test } from 'vitest'
import { combineShares, multiply, splitSecret } from './shamir.ts'
import type { Share } from './shamir.ts'

const hex = (text: string): Buffer => Buffer.from(text, 'hex')

test('multiplies as FIPS 197 §4.2 shows', () => {
  expect(multiply(0x57, 0x83)).toBe(0xc1)
  expect(multiply(0x57, 0x13)).toBe(0xfe)
  for (let a = 0; a < 256; a++) expect([multiply(a, 0), multiply(a, 1)]).toEqual([0, a])
})

// Computed another way than in the code: by powers of the generator 3, as tables of logarithms are made.
test('is the field of 3: its powers are all elements but 0, and logarithms add', () => {
  const power = [1]
  for (let i = 1; i < 255; i++) power.push((power[i - 1]! << 1) ^ power[i - 1]!)
  for (let i = 1; i < 255; i++) {
    const doubled = power[i - 1]! << 1
    power[i] = (doubled > 255 ? doubled ^ 0x11b : doubled) ^ power[i - 1]!
  }
  expect(new Set(power).size).toBe(255)
  for (let i = 0; i < 255; i++)
    for (let j = 0; j < 255; j++) expect(multiply(power[i]!, power[j]!)).toBe(power[(i + j) % 255])
})

test('combines the test case of draft-mcgrew-tss-03 §9', () => {
  const shares = [
    { index: 1, bytes: hex('B9FA07E185') },
    { index: 2, bytes: hex('F5409B4511') },
  ]
  expect(combineShares(shares)).toEqual(hex('7465737400'))
  expect(combineShares([...shares].reverse())).toEqual(hex('7465737400'))
})

const splitting = fc
  .record({
    secret: fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    threshold: fc.integer({ min: 2, max: 7 }),
    spare: fc.integer({ min: 0, max: 5 }),
    order: fc.infiniteStream(fc.nat()),
  })
  .map(({ order, ...rest }) => ({ ...rest, order: [...order.take(12)] }))

function shuffled(shares: Share[], order: number[]): Share[] {
  const rest = [...shares]
  return order.flatMap((pick) => (rest.length > 0 ? rest.splice(pick % rest.length, 1) : []))
}

test('any threshold of the shares combine to the secret, and more do too', () => {
  fc.assert(
    fc.property(splitting, ({ secret, threshold, spare, order }) => {
      const shares = shuffled(splitSecret(secret, threshold, threshold + spare), order)
      expect(combineShares(shares.slice(0, threshold))).toEqual(secret)
      expect(combineShares(shares)).toEqual(secret)
    }),
  )
})

/**
 * Not "does not give the secret", which chance does too: for every possible secret there is a last share that makes
 * the two in hand combine to it.
 */
test('two of three shares leave every secret possible', () => {
  const shares = splitSecret(Buffer.from([0x42]), 3, 3)
  const possible = new Set<number>()
  for (let guess = 0; guess < 256; guess++)
    possible.add(combineShares([...shares.slice(0, 2), { index: 3, bytes: Buffer.from([guess]) }])[0]!)
  expect(possible.size).toBe(256)
})

test('shares of two splittings of one secret differ', () => {
  const secret = Buffer.alloc(32, 7)
  expect(splitSecret(secret, 2, 2)[0]!.bytes).not.toEqual(splitSecret(secret, 2, 2)[0]!.bytes)
})

test.each([
  [1, 5],
  [0, 5],
  [6, 5],
  [2, 256],
  [2.5, 5],
])('%d of %d cannot be made', (threshold, count) => {
  expect(() => splitSecret(Buffer.alloc(32), threshold, count)).toThrow(RangeError)
})

test('refuses what cannot be shares of one secret', () => {
  const share = (index: number, bytes = 'aa') => ({ index, bytes: hex(bytes) })
  for (const shares of [
    [],
    [share(1), share(1)],
    [share(0), share(1)],
    [share(1), share(256)],
    [share(1), share(2, 'aabb')],
  ])
    expect(() => combineShares(shares)).toThrow(RangeError)
})
