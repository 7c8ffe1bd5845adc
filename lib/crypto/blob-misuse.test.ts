import { describe, expect, test } from 'vitest'
import { CHUNK, codeOf, counting, flipBit, patterned, seal, SUITES } from './blob.test-support.ts'
import { BlobDecryptor } from './decrypt.ts'
import { BlobEncryptor } from './encrypt.ts'
import { HEADER_BYTES } from './header.ts'
import { suiteByName } from './suites.ts'

describe.each(SUITES)('%s: an encryptor', (suite) => {
  const fresh = () =>
    new BlobEncryptor({ suite, chunkLog2: 16, blobId: counting(0x40, 16), dataKey: counting(1, 32) })

  test('takes nothing after its end: only the last chunk may be short', () => {
    for (const bytes of [0, 10, CHUNK]) {
      const encryptor = fresh()
      encryptor.push(patterned(bytes))
      encryptor.end()
      expect(codeOf(() => encryptor.push(patterned(1)))).toBe('BadArgument')
      expect(codeOf(() => encryptor.push(Buffer.alloc(0)))).toBe('BadArgument')
      expect(codeOf(() => encryptor.end())).toBe('BadArgument')
      expect(encryptor.plaintextBytes).toBe(bytes)
    }
  })

  test('takes nothing when its data key has not 32 bytes', () => {
    for (const length of [0, 16, 31, 33])
      expect(
        codeOf(
          () =>
            new BlobEncryptor({
              suite,
              chunkLog2: 16,
              blobId: counting(0, 16),
              dataKey: counting(1, length),
            }),
        ),
      ).toBe('BadArgument')
  })
})

describe.each(SUITES)('%s: a decryptor that refused a chunk', (suite) => {
  const blob = seal({ suite, pieces: [patterned(2 * CHUNK + 10)] })
  const sealedBytes = CHUNK + suiteByName(suite).tagBytes
  const [header, first, rest] = [
    blob.bytes.subarray(0, HEADER_BYTES),
    blob.bytes.subarray(HEADER_BYTES, HEADER_BYTES + sealedBytes),
    blob.bytes.subarray(HEADER_BYTES + sealedBytes),
  ]

  test('takes no other in its place', () => {
    const decryptor = new BlobDecryptor(blob)
    decryptor.push(header)
    expect(codeOf(() => decryptor.push(flipBit(first, 5)))).toBe('IntegrityError')
    for (const piece of [first, rest, Buffer.alloc(0)])
      expect(codeOf(() => decryptor.push(piece))).toBe('IntegrityError')
    expect(codeOf(() => decryptor.end())).toBe('IntegrityError')
  })

  test('takes no other header in the place of a wrong one', () => {
    const decryptor = new BlobDecryptor(blob)
    expect(codeOf(() => decryptor.push(flipBit(header, 0)))).toBe('IntegrityError')
    expect(codeOf(() => decryptor.push(header))).toBe('IntegrityError')
    expect(codeOf(() => decryptor.end())).toBe('IntegrityError')
  })

  // All chunks came out already, so only the length can tell.
  test('does not end well after surplus bytes', () => {
    const decryptor = new BlobDecryptor(blob)
    decryptor.push(blob.bytes)
    expect(codeOf(() => decryptor.push(Buffer.alloc(1)))).toBe('IntegrityError')
    expect(codeOf(() => decryptor.end())).toBe('IntegrityError')
  })
})
