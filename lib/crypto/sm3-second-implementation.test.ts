import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { createHMAC, createSM3, type IHasher } from 'hash-wasm'
import { beforeAll, describe, expect, test } from 'vitest'
import { counting, patterned } from './blob.test-support.ts'

/**
 * Published vectors of HMAC-SM3 are few here (vectors/README.md), so SM3 and its HMAC are held against hash-wasm's,
 * which shares no code with OpenSSL's: at every length around the 64-byte block, with keys shorter and longer than it.
 */
let sm3: IHasher
beforeAll(async () => {
  sm3 = await createSM3()
})

const theirs = (message: Buffer): string => sm3.init().update(message).digest('hex')

async function theirHmac(key: Buffer, message: Buffer): Promise<string> {
  return (await createHMAC(createSM3(), key)).init().update(message).digest('hex')
}

describe('SM3 of node:crypto', () => {
  test('at every length up to 300', () => {
    for (let length = 0; length <= 300; length++) {
      const message = patterned(length)
      expect(createHash('sm3').update(message).digest('hex'), `${length} bytes`).toBe(theirs(message))
    }
  })

  test('of the MAC input of a full chunk, fed in odd pieces', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70_000 }), (piece) => {
        const message = patterned(2 ** 16 + 12)
        const hash = createHash('sm3')
        for (let at = 0; at < message.length; at += piece) hash.update(message.subarray(at, at + piece))
        expect(hash.digest('hex')).toBe(theirs(message))
      }),
      { numRuns: 20 },
    )
  })
})

describe('HMAC-SM3 of node:crypto', () => {
  test.each([1, 16, 32, 63, 64, 65, 130])(
    'with a key of %i bytes, at every length up to 130',
    async (keyBytes) => {
      const key = counting(keyBytes, keyBytes)
      for (let length = 0; length <= 130; length++) {
        const message = patterned(length)
        const ours = createHmac('sm3', key).update(message).digest('hex')
        expect(ours, `${length} bytes`).toBe(await theirHmac(key, message))
      }
    },
  )
})
