import { describe, expect, test } from 'vitest'
import { codeOf, counting, flipBit, seal, SUITES } from './blob.test-support.ts'
import { deriveBlobKeys } from './blob-keys.ts'
import { BlobDecryptor } from './decrypt.ts'
import { encodeHeader, HEADER_BYTES, readHeader, type BlobHeader } from './header.ts'
import { suiteById, suiteByName } from './suites.ts'

const header: BlobHeader = {
  suite: 'AES256',
  chunkLog2: 16,
  blobId: counting(0x40, 16),
  salt: counting(0x80, 32),
  commitment: counting(0xc0, 32),
}

describe('the header', () => {
  test.each(SUITES)('of %s comes back as it was written, for every chunk size', (suite) => {
    for (let chunkLog2 = 16; chunkLog2 <= 20; chunkLog2++) {
      const bytes = encodeHeader({ ...header, suite, chunkLog2 })
      expect(bytes).toHaveLength(HEADER_BYTES)
      expect(readHeader(bytes)).toEqual({ ...header, suite, chunkLog2 })
    }
  })

  test('may be followed by chunks', () => {
    expect(readHeader(Buffer.concat([encodeHeader(header), Buffer.alloc(99)]))).toEqual(header)
  })

  test.each([
    ['magic', 0, 0x6f],
    ['version 0', 4, 0],
    ['version 2', 4, 2],
    ['suite 0', 5, 0],
    ['suite 3', 5, 3],
    ['chunks of 2^15', 6, 15],
    ['chunks of 2^21', 6, 21],
    ['flags', 7, 1],
    ['flags', 7, 0x80],
  ])('with another %s is refused', (_what, at, value) => {
    const bytes = encodeHeader(header)
    bytes[at] = value
    expect(codeOf(() => readHeader(bytes))).toBe('BadFormat')
  })

  test('shorter than it must be is refused, at every length', () => {
    for (let length = 0; length < HEADER_BYTES; length++)
      expect(codeOf(() => readHeader(encodeHeader(header).subarray(0, length)))).toBe('BadFormat')
  })

  test.each([
    ['chunks of 2^15', { chunkLog2: 15 }],
    ['chunks of 2^21', { chunkLog2: 21 }],
    ['half a chunk size', { chunkLog2: 16.5 }],
    ['a short blobId', { blobId: counting(0, 15) }],
    ['a long blobId', { blobId: counting(0, 17) }],
    ['a short salt', { salt: counting(0, 31) }],
    ['a long commitment', { commitment: counting(0, 33) }],
  ])('is not written with %s', (_what, wrong) => {
    expect(codeOf(() => encodeHeader({ ...header, ...wrong }))).toMatch(/BadFormat|BadArgument/)
  })
})

/** A scrub or a restore knows a blob by its header alone: it must not be led astray either. */
describe.each(SUITES)('%s: facts taken from an altered header', (suite) => {
  const { bytes, dataKey, facts } = seal({ suite, pieces: [counting(0, 100)] })

  test('open nothing, whichever bit was flipped', () => {
    for (let bit = 0; bit < HEADER_BYTES * 8; bit++) {
      const altered = flipBit(bytes, bit)
      const code = codeOf(
        () =>
          new BlobDecryptor({
            facts: { ...readHeader(altered), plaintextBytes: facts.plaintextBytes },
            dataKey,
          }),
      )
      expect(code, `bit ${bit}`).toMatch(/BadFormat|WrongKey/)
    }
  })
})

describe('keys', () => {
  const parameters = { ...header, dataKey: counting(1, 32) }

  test.each([0, 16, 31, 33])('are not derived from a data key of %i bytes', (length) => {
    expect(codeOf(() => deriveBlobKeys({ ...parameters, dataKey: counting(1, length) }))).toBe('BadArgument')
  })

  test('differ with every parameter', () => {
    const commitments = [
      parameters,
      { ...parameters, suite: 'SM4' as const },
      { ...parameters, chunkLog2: 17 },
      { ...parameters, blobId: counting(0x41, 16) },
      { ...parameters, salt: counting(0x81, 32) },
      { ...parameters, dataKey: counting(2, 32) },
    ].map((p) => deriveBlobKeys(p).commitment.toString('hex'))
    expect(new Set(commitments).size).toBe(commitments.length)
  })
})

describe('suites', () => {
  test.each(['__proto__', 'constructor', 'aes256', 'AES', ''])('«%s» is none', (name) => {
    expect(codeOf(() => suiteByName(name))).toBe('BadFormat')
  })

  test.each([0, 3, 255, NaN])('id %d is none', (id) => {
    expect(codeOf(() => suiteById(id))).toBe('BadFormat')
  })
})
