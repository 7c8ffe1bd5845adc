import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createChecksum } from '../crypto/checksums.ts'
import type { ChecksumAlgorithm } from './model.ts'
import type { CompletedPart, CompleteMultipartUpload, CreateMultipartUpload } from './operations.ts'
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
    parts.push({ number: i + 1, etag, checksums: [{ algorithm, value }] })
  }
  return { key, uploadId, parts }
}

describe.each(POSSIBLE)('%s %s', (algorithm, type) => {
  test('is computed from the parts, checked when promised, and given back', async () => {
    const { key, uploadId, parts } = await uploaded(algorithm, type)
    const value = expectedOf(algorithm, type)
    const wrong = parts.map((part, i) => (i === 1 ? { ...part, checksums: parts[0]!.checksums } : part))
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
  const parts: CompletedPart[] = []
  for (const [i, bytes] of PARTS.entries()) {
    const value = raw('sha256', bytes).toString('base64')
    const checks = i === 1 ? { checksum: { algorithm: 'sha256' as const, expected: () => value } } : {}
    const { etag, checksums } = await uploadPart(bench, 'default', uploadId, i + 1, bytes, { checks })
    expect(checksums.map(({ algorithm }) => algorithm)).toEqual(
      i === 1 ? ['crc64nvme', 'sha256'] : ['crc64nvme'],
    )
    parts.push({ number: i + 1, etag, ...(i === 1 && { checksums: [{ algorithm: 'sha256', value }] }) })
  }
  const wrong = parts.map((part) => ({ ...part, ...(part.checksums && { checksums: [OTHER_SHA256] }) }))
  await expect(complete(bench, 'default', uploadId, wrong)).rejects.toMatchObject({ code: 'InvalidPart' })
  const { checksums } = await complete(bench, 'default', uploadId, parts)
  const value = expectedOf('crc64nvme', 'FULL_OBJECT')
  expect(checksums).toEqual([{ algorithm: 'crc64nvme', type: 'FULL_OBJECT', value }])
})

/** of nothing that is uploaded here */
const OTHER_SHA256 = { algorithm: 'sha256', value: createHash('sha256').digest('base64') } as const

test.each<[string, Partial<CreateMultipartUpload>, Partial<CompleteMultipartUpload>]>([
  ['of the object, by another algorithm', { checksumAlgorithm: 'crc32' }, { checksum: OTHER_SHA256 }],
  ['of the object, where nobody chose one', {}, { checksum: { algorithm: 'crc32', value: 'AAAAAA==' } }],
  ['of a kind that it is not', { checksumAlgorithm: 'crc32' }, { checksumType: 'FULL_OBJECT' }],
  ['of a kind, where nobody chose one', {}, { checksumType: 'COMPOSITE' }],
])('a claim that cannot be judged is refused: a checksum %s', async (name, begun, claim) => {
  const uploadId = await initiate(bench, name, METHOD, begun)
  const { etag } = await uploadPart(bench, name, uploadId, 1, PARTS[2]!)
  const parts = [{ number: 1, etag }]
  await expect(complete(bench, name, uploadId, parts, claim)).rejects.toMatchObject({
    code: 'InvalidRequest',
  })
  await complete(bench, name, uploadId, parts)
})

test('a part’s claim by an algorithm that was not kept is refused, also beside one that holds', async () => {
  const uploadId = await initiate(bench, 'unkept', METHOD, { checksumAlgorithm: 'crc32' })
  const { etag, checksums } = await uploadPart(bench, 'unkept', uploadId, 1, PARTS[2]!)
  for (const claims of [[OTHER_SHA256], [...checksums, OTHER_SHA256]])
    await expect(
      complete(bench, 'unkept', uploadId, [{ number: 1, etag, checksums: claims }]),
    ).rejects.toMatchObject({ code: 'InvalidRequest' })
  await complete(bench, 'unkept', uploadId, [{ number: 1, etag, checksums }], { checksumType: 'COMPOSITE' })
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
