import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createChecksum, readyChecksums } from '../crypto/checksums.ts'
import { Digests } from './digests.ts'
import { HashPool, LANES, type RemoteHash } from './hash-pool.ts'
import type { ChecksumAlgorithm } from './model.ts'

const ALL: ChecksumAlgorithm[] = [
  'md5',
  'sha1',
  'sha256',
  'sha512',
  'crc32',
  'crc32c',
  'crc64nvme',
  'xxhash64',
]
const MIB = 2 ** 20

let pool: HashPool
beforeAll(async () => {
  await readyChecksums()
  pool = new HashPool({ threads: 2 })
})
afterAll(() => pool.close())

function* pieces(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function hashed(digests: Digests, bytes: Buffer, size: number): Promise<void> {
  for (const piece of pieces(bytes, size)) {
    const copy = Buffer.from(piece)
    const behind = digests.update(copy)
    if (behind) await behind
    // Whoever gave the bytes may use their memory again.
    copy.fill(0)
  }
  await digests.finish()
}

const inPlace = (algorithm: ChecksumAlgorithm, bytes: Buffer): Buffer => {
  const checksum = createChecksum(algorithm)
  checksum.update(bytes)
  return checksum.digest()
}

describe('digests of a large body', () => {
  test.each([1, 1000, 65_536, 524_288, 524_289, 3 * MIB])(
    'are the same, in pieces of %i bytes',
    async (size) => {
      const bytes = randomBytes(size === 1 ? MIB : 5 * MIB + 3)
      const digests = new Digests(ALL, pool, bytes.length)
      await hashed(digests, bytes, size)
      for (const algorithm of ALL)
        expect(digests.result(algorithm).equals(inPlace(algorithm, bytes)), algorithm).toBe(true)
    },
  )

  test('of many bodies at once, more than there are lanes, are kept apart', async () => {
    const bodies = Array.from({ length: 20 }, (_, index) => randomBytes(MIB + index * 70_001))
    const results = await Promise.all(
      bodies.map(async (bytes) => {
        const digests = new Digests(['sha256'], pool, bytes.length)
        await hashed(digests, bytes, 60_000)
        return digests.result('sha256').toString('hex')
      }),
    )
    expect(results).toEqual(bodies.map((bytes) => createHash('sha256').update(bytes).digest('hex')))
  })

  test('of bodies that break off free their lanes, wherever they broke off', async () => {
    for (let round = 0; round < 40; round++) {
      const digests = new Digests(['md5'], pool, 10 * MIB)
      for (let step = 0; step < round % 7; step++) await digests.update(randomBytes(400_000))
      digests.abandon()
      digests.abandon()
    }
    // The thread still answers for those that broke off a moment ago.
    const lanes: RemoteHash[] = []
    const takeAll = (): number => {
      for (let lane = pool.begin(['md5']); lane; lane = pool.begin(['md5'])) lanes.push(lane)
      return lanes.length
    }
    await expect.poll(takeAll).toBe(LANES)
    for (const lane of lanes) lane.abandon()
  })

  test('of a body announced as large that is empty are those of nothing', async () => {
    const fresh = new HashPool({ threads: 1 })
    const digests = new Digests(['sha256'], fresh, 10 * MIB)
    await digests.finish()
    await fresh.close()
    expect(digests.result('sha256').toString('hex')).toBe(createHash('sha256').digest('hex'))
  })

  test('fail when the thread ends, and the next body gets another thread', async () => {
    const short = new HashPool({ threads: 1 })
    const lane = short.begin(['md5'])!
    await lane.update(randomBytes(3 * MIB))
    const broken = lane.digests()
    broken.catch(() => undefined)
    await short.close()
    await expect(broken).rejects.toThrow('The hashing thread ended')
    expect(short.begin(['md5'])).toBeUndefined()
  })
})

test('small bodies, and all of them where there is no second processor, are hashed in place', async () => {
  const none = new HashPool({ threads: 0 })
  for (const digests of [new Digests(['md5'], pool, 10), new Digests(['md5'], none, 10 * MIB)]) {
    const bytes = randomBytes(2 * MIB)
    expect(digests.update(bytes)).toBeUndefined()
    await digests.finish()
    expect(digests.result('md5').equals(inPlace('md5', bytes))).toBe(true)
  }
})
