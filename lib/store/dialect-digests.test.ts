import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createChecksum } from '../crypto/checksums.ts'
import { complete, initiate, uploadPart } from './multipart.test-support.ts'
import {
  get,
  keyFor,
  METADATA,
  METHODS,
  named,
  openBench,
  put,
  run,
  type Bench,
} from './store.test-support.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.dispose())

const PART = 5 * 2 ** 20
const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex')
const crc = (bytes: Buffer) => {
  const checksum = createChecksum('crc64ecma')
  checksum.update(bytes)
  return checksum.digest().toString('base64')
}
const rowOf = async (key: string) => {
  const { bucketId } = (await bench.deps.catalog.findBucket(bench.bucket))!
  return (await bench.deps.catalog.findObject(bucketId, key))!
}
const full = (algorithm: string, value: string) => ({ algorithm, type: 'FULL_OBJECT', value })

describe.each(named())('digests of OSS and COS: %s', (name, method) => {
  const { encryption } = method
  const encrypted = method.mode !== 'none'
  const digests = { keep: ['crc64ecma', 'md5'], etag: 'md5' } as const

  test('CRC-64/XZ and MD5 are kept with an object, and the ETag is the MD5, never open beside ciphertext', async () => {
    const bytes = randomBytes(70_000)
    const written = await put(bench, name, bytes, { encryption, ...digests })
    const expected = [
      full('crc64ecma', crc(bytes)),
      full('md5', createHash('md5').update(bytes).digest('base64')),
    ]
    expect(written).toMatchObject({ etag: md5(bytes), checksums: expected })
    const { object } = await get(bench, name, keyFor(method))
    expect(object).toMatchObject({ etag: md5(bytes), checksums: expected })
    expect('sealed' in (await rowOf(name)).etag).toBe(encrypted)
  })

  test('a copy keeps what it is asked for, or what its source has', async () => {
    const bytes = randomBytes(5)
    await put(bench, `${name} source`, bytes, { encryption, ...digests })
    const source = { bucket: bench.bucket, key: `${name} source`, conditions: {}, ...keyFor(method) }
    const copy = (key: string, changes: object) =>
      run(bench, {
        name: 'CopyObject',
        bucket: bench.bucket,
        key,
        source,
        metadata: METADATA,
        tags: undefined,
        storageClass: undefined,
        encryption: { kind: 'managed-key', suite: 'AES256', context: {} },
        conditions: {},
        ...changes,
      })
    const asked = await copy(`${name} asked`, digests)
    expect(asked.etag).toBe(md5(bytes))
    expect(asked.checksums.map(({ algorithm }) => algorithm)).toEqual(['crc64ecma', 'md5'])
    const silent = await copy(`${name} silent`, {})
    expect(silent.etag).not.toBe(md5(bytes))
    expect(silent.checksums).toEqual([full('crc64ecma', crc(bytes))])
  })

  test('of several parts the CRC is combined, and no ETag tells of the plaintext', async () => {
    const key = `${name} parts`
    const bytes = randomBytes(PART + 1000)
    const pieces = [bytes.subarray(0, PART), bytes.subarray(PART)]
    const uploadId = await initiate(bench, key, method, { checksumAlgorithm: 'crc64ecma' })
    const parts = []
    for (const [i, piece] of pieces.entries()) {
      const asked = { etag: 'md5' as const, ...keyFor(method) }
      const { etag, checksums } = await uploadPart(bench, key, uploadId, i + 1, piece, asked)
      expect([etag, checksums]).toEqual([md5(piece), [full('crc64ecma', crc(piece))]])
      parts.push({ number: i + 1, etag })
    }
    const whole = md5(Buffer.concat(pieces.map((piece) => createHash('md5').update(piece).digest())))
    const written = await complete(bench, key, uploadId, parts)
    expect(written).toMatchObject({ etag: `${whole}-2`, checksums: [full('crc64ecma', crc(bytes))] })
    expect((await get(bench, key, keyFor(method))).bytes.equals(bytes)).toBe(true)
    const row = await rowOf(key)
    expect('sealed' in row.etag).toBe(encrypted)
    for (const part of await bench.deps.catalog.parts(row.objectId))
      expect('sealed' in part.etag).toBe(encrypted)
  })
})

test('an upload nobody asked anything of keeps what S3 does, and what costs nothing', async () => {
  const written = await put(bench, 'plain', randomBytes(10), { encryption: METHODS[2]!.encryption })
  expect(written.checksums.map(({ algorithm }) => algorithm)).toEqual(['crc64nvme', 'crc64ecma'])
})
