import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { xxhash128, xxhash3, xxhash64 } from 'hash-wasm'
import { beforeAll, describe, expect, test } from 'vitest'
import { codeOf, cut, cutAt, patterned } from './blob.test-support.ts'
import { createChecksum, readyChecksums, type ChecksumName } from './checksums.ts'
import { combineCrc, type CrcName } from './crc-combine.ts'
import { CRC64_POLYNOMIALS } from './crc64.ts'

const CRCS: readonly CrcName[] = ['crc32', 'crc32c', 'crc64nvme', 'crc64ecma']
const NAMES: readonly ChecksumName[] = [
  ...(['md5', 'sha1', 'sha256', 'sha512', 'xxhash64', 'xxhash3', 'xxhash128'] as const),
  ...CRCS,
]

// Before the hook below has run: the one moment when xxhash is not ready.
const beforeReady = codeOf(() => createChecksum('xxhash64'))
beforeAll(readyChecksums)

function digest(name: ChecksumName, pieces: Iterable<Buffer>): Buffer {
  const checksum = createChecksum(name)
  for (const piece of pieces) checksum.update(piece)
  return checksum.digest()
}

describe('published values', () => {
  // check values: reveng.sourceforge.io/crc-catalogue; digests of "123456789" by coreutils and the FIPS ones
  test.each<[ChecksumName, string]>([
    ['crc32', 'cbf43926'],
    ['crc32c', 'e3069283'],
    ['crc64nvme', 'ae8b14860a799888'],
    ['crc64ecma', '995dc9bbdf1939fa'],
    ['md5', '25f9e794323b453885f5181f1b624d0b'],
    ['sha1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
    ['sha256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
  ])('%s of 123456789', (name, value) => {
    expect(digest(name, [Buffer.from('123456789')]).toString('hex')).toBe(value)
  })

  // empty input, seed 0: github.com/Cyan4973/xxHash, doc/xxhash_spec.md and tests/sanity_test_vectors.h
  test.each<[ChecksumName, string]>([
    ['xxhash64', 'ef46db3751d8e999'],
    ['xxhash3', '2d06800538d394c2'],
    ['xxhash128', '99aa06d3014798d86001c324468d497f'],
    ['crc32', '00000000'],
    ['crc32c', '00000000'],
    ['crc64nvme', '0000000000000000'],
    ['crc64ecma', '0000000000000000'],
  ])('%s of nothing', (name, value) => {
    expect(digest(name, []).toString('hex')).toBe(value)
    expect(digest(name, [Buffer.alloc(0)]).toString('hex')).toBe(value)
  })
})

test('xxhash asks to be made ready first', () => {
  expect(beforeReady).toBe('BadArgument')
})

describe('against a second implementation', () => {
  const anySize = fc.oneof(fc.uint8Array({ maxLength: 600 }), fc.nat({ max: 20_000 }).map(patterned))

  test.each([
    ['xxhash64', xxhash64],
    ['xxhash3', xxhash3],
    ['xxhash128', xxhash128],
  ] as const)('%s: the one-shot function of hash-wasm', async (name, oneShot) => {
    await fc.assert(
      fc.asyncProperty(anySize, async (bytes) => {
        expect(digest(name, [Buffer.from(bytes)]).toString('hex')).toBe(await oneShot(bytes))
      }),
    )
  })

  test.each(['crc64nvme', 'crc64ecma'] as const)('%s: bit by bit, at every length up to 300', (name) => {
    for (let length = 0; length <= 300; length++) {
      const bytes = patterned(length)
      expect(digest(name, [bytes]).readBigUInt64BE()).toBe(crc64BitByBit(CRC64_POLYNOMIALS[name], bytes))
    }
  })

  test.each(['crc64nvme', 'crc64ecma'] as const)('%s: inputs longer than its memory', (name) => {
    const bytes = patterned(2 ** 20 + 3)
    expect(digest(name, [bytes])).toEqual(digest(name, cut(bytes, 1021)))
  })
})

describe.each(NAMES)('%s', (name) => {
  test('does not care how the input is cut, nor who else is hashing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.array(fc.nat()), (bytes, places) => {
        const input = Buffer.from(bytes)
        const other = createChecksum(name)
        const checksum = createChecksum(name)
        for (const piece of cutAt(input, places)) {
          checksum.update(piece)
          other.update(Buffer.from('interleaved'))
        }
        expect(checksum.digest()).toEqual(digest(name, [input]))
      }),
    )
  })

  test('takes one byte at a time', () => {
    const input = patterned(5000)
    expect(digest(name, cut(input, 1))).toEqual(digest(name, [input]))
  })
})

test('sha512 is that of node:crypto', () => {
  expect(digest('sha512', [patterned(1000)])).toEqual(createHash('sha512').update(patterned(1000)).digest())
})

describe.each(CRCS)('combining %s', (name) => {
  test('gives the CRC of both parts joined', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.uint8Array({ maxLength: 3000 }), (a, b) => {
        const [crcA, crcB] = [digest(name, [Buffer.from(a)]), digest(name, [Buffer.from(b)])]
        const joined = digest(name, [Buffer.from(a), Buffer.from(b)])
        expect(combineCrc(name, crcA, crcB, b.length)).toEqual(joined)
      }),
    )
  })

  test('is associative, also at the sizes of real parts', () => {
    const length = fc.integer({ min: 0, max: 5 * 2 ** 30 })
    const crc = fc.uint8Array({
      minLength: digest(name, []).length,
      maxLength: digest(name, []).length,
    })
    fc.assert(
      fc.property(crc, crc, crc, length, length, (a, b, c, lengthB, lengthC) => {
        const [crcA, crcB, crcC] = [Buffer.from(a), Buffer.from(b), Buffer.from(c)]
        const left = combineCrc(name, combineCrc(name, crcA, crcB, lengthB), crcC, lengthC)
        const right = combineCrc(name, crcA, combineCrc(name, crcB, crcC, lengthC), lengthB + lengthC)
        expect(left).toEqual(right)
      }),
    )
  })

  test('a part of 8 MiB zeros', () => {
    const [head, zeros] = [Buffer.from('head'), Buffer.alloc(2 ** 23)]
    const combined = combineCrc(name, digest(name, [head]), digest(name, [zeros]), zeros.length)
    expect(combined).toEqual(digest(name, [head, zeros]))
  })
})

/** Reflected CRC-64, all ones before and after, without tables. */
function crc64BitByBit(polynomial: bigint, bytes: Buffer): bigint {
  let crc = 0xffffffffffffffffn
  for (const byte of bytes) {
    crc ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n
  }
  return crc ^ 0xffffffffffffffffn
}
