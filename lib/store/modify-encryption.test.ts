import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collectGarbage } from '../jobs/collect-garbage.ts'
import { modify, seenByClients, storedBlobs, targetOf } from './modify-encryption.test-support.ts'
import { uploadInParts } from './multipart.test-support.ts'
import {
  CHUNK,
  get,
  keyFor,
  METHODS,
  named,
  openBench,
  put,
  type Bench,
  type Method,
} from './store.test-support.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.dispose())

const PART = 5 * 2 ** 20
const SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7]

/** Of a change from any method: every mode, both ciphers. */
const EVERY_KIND = ['none', 'service-key AES256', 'managed-key SM4', 'customer-key AES256'].map((name) =>
  METHODS.find((method) => method.name === name)!,
)

const kindOf = (from: Method, to: Method): string =>
  from === to ? 'unchanged' : from.suite !== undefined && from.suite === to.suite ? 'rewrapped' : 'rewritten'

const collect = () => collectGarbage({ ...bench.deps, now: () => Date.now() + 1000 })
const rowOf = async (key: string) => {
  const { bucketId } = (await bench.deps.catalog.findBucket(bench.bucket))!
  return (await bench.deps.catalog.findObject(bucketId, key))!
}

/** Changes it and compares everything before with everything after. */
async function changeAndCompare(key: string, from: Method, to: Method): Promise<void> {
  const before = await seenByClients(bench, key, from)
  const [row, usage] = [await rowOf(key), await bench.deps.catalog.bucketUsage((await rowOf(key)).bucketId)]
  const blobs = await storedBlobs(bench, row.objectId)
  const done = await modify(bench, key, from, targetOf(to))
  expect(done.change).toBe(kindOf(from, to))
  expect([done.previous.mode, done.encryption.mode, done.size]).toEqual([from.mode, to.mode, before.size])
  expect(await seenByClients(bench, key, to)).toEqual(before)
  const { object } = await get(bench, key, keyFor(to))
  expect(object.encryption).toEqual(done.encryption)
  const now = await storedBlobs(bench, object.objectId)
  if (done.change === 'rewritten') {
    await collect()
    expect([...now.keys()].filter((id) => blobs.has(id))).toEqual([])
    for await (const { id } of bench.deps.blobs.list())
      expect(blobs.has(id), 'old blobs are gone').toBe(false)
  } else expect(now).toEqual(blobs)
  const counted = await bench.deps.catalog.bucketUsage(row.bucketId)
  const plain = (method: Method): number => Number(method.mode === 'none')
  expect(counted).toEqual({
    ...usage,
    plaintextObjects: usage.plaintextObjects - plain(from) + plain(to),
  })
}

describe.each(named())('from %s', (_from, from) => {
  test.each(named())('to %s: what clients see of it stays, whatever its size', async (_to, to) => {
    for (const size of SIZES) {
      const key = `${from.name} ${to.name} ${size}`
      const bytes = randomBytes(size)
      const sha256 = createHash('sha256').update(bytes).digest('base64')
      await put(bench, key, bytes, {
        encryption: from.encryption,
        tags: { t: 'ü', empty: '' },
        storageClass: 'STANDARD_IA',
        checks: { checksum: { algorithm: 'sha256', expected: () => sha256 } },
      })
      await changeAndCompare(key, from, to)
    }
  })

  test.each(named(EVERY_KIND))('to %s: an object of several parts', async (_to, to) => {
    const key = `parts ${from.name} ${to.name}`
    await uploadInParts(bench, key, randomBytes(PART + 1000), [PART, 1000], from)
    await changeAndCompare(key, from, to)
  })
})

test.each(named(METHODS.slice(1)))(
  'of what was plaintext nothing is on disk after it was encrypted with %s and collected',
  async (name, to) => {
    for (const size of [1000, 3 * CHUNK]) {
      const marker = randomBytes(32).toString('hex')
      const bytes = Buffer.alloc(size, marker)
      await put(bench, `was plain ${name}`, bytes, { encryption: { kind: 'none' } })
      expect(filesWith(marker)).not.toEqual([])
      const { object } = await get(bench, `was plain ${name}`)
      await modify(bench, `was plain ${name}`, METHODS[0]!, targetOf(to))
      await collect()
      expect(filesWith(marker)).toEqual([])
      expect(filesWith(object.etag), 'nor the MD5 of it, but in the journal').toEqual([])
    }
  },
)

/** Files of the data directory that hold these bytes. The journal is emptied first: pages of old rows lie there a while. */
function filesWith(text: string): string[] {
  bench.sql.pragma('wal_checkpoint(TRUNCATE)')
  const folder = dirname(bench.blobFolder)
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => {
    const file = join(folder, path)
    return statSync(file).isFile() && readFileSync(file).includes(text)
  })
}

test('an ETag that is no MD5 stays what it is, and one that is stays sealed, through every change', async () => {
  const [none, ...sealed] = METHODS
  for (const start of METHODS) {
    const key = `round ${start.name}`
    const { etag } = await put(bench, key, randomBytes(5000), { encryption: start.encryption })
    let from = start
    for (const to of [...sealed, none!, ...[...sealed].reverse(), start]) {
      await modify(bench, key, from, targetOf(to))
      const row = await rowOf(key)
      expect((await get(bench, key, keyFor(to))).object.etag).toBe(etag)
      const isMd5 = start.mode === 'none' || start.mode === 'service-key'
      if (isMd5) expect('sealed' in row.etag, `${from.name} to ${to.name}`).toBe(to.mode !== 'none')
      from = to
    }
  }
})
