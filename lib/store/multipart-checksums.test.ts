import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createChecksum } from '../crypto/checksums.ts'
import type { ChecksumAlgorithm } from './model.ts'
import { complete, initiate, uploadPart } from './multipart.test-support.ts'
import { get, METHODS, openBench, type Bench } from './store.test-support.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.dispose())

type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE'

const METHOD = METHODS.find(({ name }) => name === 'managed-key AES256')!
const PARTS = [randomBytes(5 * 2 ** 20), randomBytes(5 * 2 ** 20 + 3), randomBytes(9)]

function raw(algorithm: ChecksumAlgorithm, ...pieces: Buffer[]): Buffer {
  const checksum = createChecksum(algorithm)
  for (const piece of pieces) checksum.update(piece)
  return checksum.digest()
}

function expectedOf(algorithm: ChecksumAlgorithm, type: ChecksumType): string {
  if (type === 'FULL_OBJECT') return raw(algorithm, ...PARTS).toString('base64')
  const ofParts = PARTS.map((part) => raw(algorithm, part))
  return `${raw(algorithm, ...ofParts).toString('base64')}-${PARTS.length}`
}

/** S3 user guide, "Checking object integrity": which kinds a multipart upload can have. */
const POSSIBLE: [ChecksumAlgorithm, ChecksumType][] = [
  ['crc64nvme', 'FULL_OBJECT'],
  ['crc32', 'FULL_OBJECT'],
  ['crc32', 'COMPOSITE'],
  ['crc32c', 'FULL_OBJECT'],
  ['crc32c', 'COMPOSITE'],
  ['sha1', 'COMPOSITE'],
  ['sha256', 'COMPOSITE'],
  ['sha512', 'COMPOSITE'],
  ['md5', 'COMPOSITE'],
  ['xxhash64', 'COMPOSITE'],
  ['xxhash3', 'COMPOSITE'],
  ['xxhash128', 'COMPOSITE'],
]

async function uploaded(algorithm: ChecksumAlgorithm, checksumType: ChecksumType) {
  const key = `${algorithm} ${checksumType}`
  const uploadId = await initiate(bench, key, METHOD, { checksumAlgorithm: algorithm, checksumType })
  const parts = []
  for (const [i, bytes] of PARTS.entries()) {
    const value = raw(algorithm, bytes).toString('base64')
    const checks = { checksum: { algorithm, expected: () => value } }
    const { etag } = await uploadPart(bench, key, uploadId, i + 1, bytes, { checks })
    parts.push({ number: i + 1, etag, checksum: { algorithm, value } })
  }
  return { key, uploadId, parts }
}

describe.each(POSSIBLE)('%s %s', (algorithm, type) => {
  test('is computed from the parts, checked when promised, and given back', async () => {
    const { key, uploadId, parts } = await uploaded(algorithm, type)
    const value = expectedOf(algorithm, type)
    const wrong = parts.map((part, i) =>
      i === 1 ? { ...part, checksum: { algorithm, value: parts[0]!.checksum.value } } : part,
    )
    await expect(complete(bench, key, uploadId, wrong)).rejects.toMatchObject({ code: 'InvalidPart' })
    const promise = (promised: string) => ({ checksum: { algorithm, value: promised } })
    const bad = promise(createHash('sha256').update('x').digest('base64'))
    await expect(complete(bench, key, uploadId, parts, bad)).rejects.toMatchObject({ code: 'BadDigest' })
    const { checksums } = await complete(bench, key, uploadId, parts, promise(value))
    expect(checksums).toEqual([{ algorithm, type, value }])
    expect((await get(bench, key, { range: { start: 0, endInclusive: 0 } })).object.checksums).toEqual(
      checksums,
    )
  })
})

test.each(
  POSSIBLE.map(([algorithm]) => algorithm).flatMap((algorithm) =>
    (['FULL_OBJECT', 'COMPOSITE'] as const)
      .filter((type) => !POSSIBLE.some(([a, t]) => a === algorithm && t === type))
      .map((type) => [algorithm, type] as const),
  ),
)('%s %s does not exist', async (checksumAlgorithm, checksumType) => {
  await expect(initiate(bench, 'k', METHOD, { checksumAlgorithm, checksumType })).rejects.toMatchObject({
    code: 'InvalidRequest',
  })
})

test('a type without an algorithm is refused', async () => {
  await expect(initiate(bench, 'k', METHOD, { checksumType: 'COMPOSITE' })).rejects.toMatchObject({
    code: 'InvalidRequest',
  })
})

test('without an algorithm the object gets a full CRC64NVME, whatever the parts were checked with', async () => {
  const uploadId = await initiate(bench, 'default', METHOD)
  const parts = []
  for (const [i, bytes] of PARTS.entries()) {
    const value = raw('sha256', bytes).toString('base64')
    const checks = i === 1 ? { checksum: { algorithm: 'sha256' as const, expected: () => value } } : {}
    const { etag, checksums } = await uploadPart(bench, 'default', uploadId, i + 1, bytes, { checks })
    expect(checksums.map(({ algorithm }) => algorithm)).toEqual(
      i === 1 ? ['crc64nvme', 'sha256'] : ['crc64nvme'],
    )
    parts.push({ number: i + 1, etag })
  }
  const { checksums } = await complete(bench, 'default', uploadId, parts)
  const value = expectedOf('crc64nvme', 'FULL_OBJECT')
  expect(checksums).toEqual([{ algorithm: 'crc64nvme', type: 'FULL_OBJECT', value }])
})

test('a part checked with another algorithm than the upload’s is refused', async () => {
  const uploadId = await initiate(bench, 'other', METHOD, { checksumAlgorithm: 'crc32' })
  const checks = { checksum: { algorithm: 'sha1' as const, expected: () => 'x' } }
  await expect(uploadPart(bench, 'other', uploadId, 1, PARTS[2]!, { checks })).rejects.toMatchObject({
    code: 'InvalidRequest',
  })
})

test('a part of an upload by OSS or COS may be checked with an algorithm of S3’s', async () => {
  const uploadId = await initiate(bench, 'crossed', METHOD, { checksumAlgorithm: 'crc64ecma' })
  const parts = []
  for (const [i, bytes] of PARTS.entries()) {
    const value = raw('crc32', bytes).toString('base64')
    const checks = i === 0 ? { checksum: { algorithm: 'crc32' as const, expected: () => value } } : {}
    const { etag, checksums } = await uploadPart(bench, 'crossed', uploadId, i + 1, bytes, { checks })
    expect(checksums.map(({ algorithm }) => algorithm)).toEqual(
      i === 0 ? ['crc64ecma', 'crc32'] : ['crc64ecma'],
    )
    parts.push({ number: i + 1, etag })
  }
  const wrong = { checksum: { algorithm: 'crc32' as const, expected: () => 'AAAAAA==' } }
  await expect(uploadPart(bench, 'crossed', uploadId, 1, PARTS[0]!, { checks: wrong })).rejects.toMatchObject(
    { code: 'BadDigest' },
  )
  const { checksums } = await complete(bench, 'crossed', uploadId, parts)
  const value = expectedOf('crc64ecma', 'FULL_OBJECT')
  expect(checksums).toEqual([{ algorithm: 'crc64ecma', type: 'FULL_OBJECT', value }])
})
