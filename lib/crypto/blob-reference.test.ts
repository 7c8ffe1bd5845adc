import { createCipheriv, createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { counting, cut, open, patterned, seal, SUITES } from './blob.test-support.ts'
import type { SuiteName } from './suites.ts'

/**
 * FORMAT.md read a second time, without a line of the code under test. A round trip cannot see a wrong counter: if
 * chunks of 2^20 bytes advanced SM4's counter as those of 2^16 do, they would share key stream and still come back.
 */
interface Parameters {
  chunkLog2: number
  dataKey: Buffer
  blobId: Buffer
  salt: Buffer
  plaintext: Buffer
}

const bigEndian = (value: number, bytes: 4 | 8): Buffer =>
  Buffer.from(value.toString(16).padStart(2 * bytes, '0'), 'hex')

/** RFC 5869 §2.2 and §2.3. */
function hkdfByHand(hash: string, ikm: Buffer, salt: Buffer, info: Buffer, length: number): Buffer {
  const key = createHmac(hash, salt).update(ikm).digest()
  let okm = Buffer.alloc(0)
  for (let i = 1, last = Buffer.alloc(0); okm.length < length; i++) {
    last = createHmac(hash, key)
      .update(Buffer.concat([last, info, Buffer.from([i])]))
      .digest()
    okm = Buffer.concat([okm, last])
  }
  return okm.subarray(0, length)
}

function okmOf(p: Parameters, suiteId: number, hash: string, length: number): Buffer {
  const parameters = Buffer.concat([Buffer.from([1, suiteId, p.chunkLog2, 0]), p.blobId])
  return hkdfByHand(
    hash,
    p.dataKey,
    p.salt,
    Buffer.concat([Buffer.from('ose/v1/blob\0'), parameters]),
    length,
  )
}

function blobOf(p: Parameters, suiteId: number, commitment: Buffer, chunks: Buffer[]): Buffer {
  const start = Buffer.from([0x4f, 0x53, 0x45, 0x31, 1, suiteId, p.chunkLog2, 0])
  return Buffer.concat([start, p.blobId, p.salt, commitment, ...chunks])
}

/** Full chunks, then one that is shorter, maybe empty. */
function split(text: Buffer, chunkLog2: number): Buffer[] {
  const full = Math.floor(text.length / 2 ** chunkLog2)
  return Array.from({ length: full + 1 }, (_, i) =>
    text.subarray(i * 2 ** chunkLog2, (i + 1) * 2 ** chunkLog2),
  )
}

function aesBlob(p: Parameters): Buffer {
  const okm = okmOf(p, 1, 'sha256', 76)
  const chunks = split(p.plaintext, p.chunkLog2).map((chunk, i) => {
    const nonce = okm.subarray(32, 44).map((byte, at) => byte ^ (at < 4 ? 0 : bigEndian(i, 8)[at - 4]!))
    const cipher = createCipheriv('aes-256-gcm', okm.subarray(0, 32), nonce)
    return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()])
  })
  return blobOf(p, 1, okm.subarray(44), chunks)
}

function sm4Blob(p: Parameters): Buffer {
  const okm = okmOf(p, 2, 'sm3', 88)
  // i · 2^c / 16 blocks lie before chunk i: block b of the plaintext has the counter N ‖ BE64(b), whatever the chunks.
  const counters = Array.from({ length: Math.ceil(p.plaintext.length / 16) }, (_, b) =>
    Buffer.concat([okm.subarray(48, 56), bigEndian(b, 8)]),
  )
  const keyStream = createCipheriv('sm4-ecb', okm.subarray(0, 16), null).update(Buffer.concat(counters))
  const ciphertext = Buffer.from(p.plaintext.map((byte, at) => byte ^ keyStream[at]!))
  const chunks = split(ciphertext, p.chunkLog2).map((chunk, i) => {
    const mac = createHmac('sm3', okm.subarray(16, 48))
    return Buffer.concat([
      chunk,
      mac.update(Buffer.concat([bigEndian(i, 8), bigEndian(chunk.length, 4), chunk])).digest(),
    ])
  })
  return blobOf(p, 2, okm.subarray(56), chunks)
}

const reference: Record<SuiteName, (p: Parameters) => Buffer> = { AES256: aesBlob, SM4: sm4Blob }

describe.each(SUITES)('%s is what FORMAT.md says', (suite) => {
  describe.each([16, 17, 18, 19, 20])('with chunks of 2^%i bytes', (chunkLog2) => {
    const full = 2 ** chunkLog2
    const fixed = { dataKey: counting(0x11, 32), blobId: counting(0x70, 16), salt: counting(0xa0, 32) }

    test.each([0, 1, full - 1, full, full + 1, 2 * full + 33])('%i bytes', (bytes) => {
      const plaintext = patterned(bytes)
      const expected = reference[suite]({ chunkLog2, plaintext, ...fixed })
      const made = seal({ suite, chunkLog2, pieces: [...cut(plaintext, 60_001)], ...fixed })
      expect(made.bytes.equals(expected)).toBe(true)
      expect(open({ ...made, bytes: expected }).released.equals(plaintext)).toBe(true)
    })
  })
})
