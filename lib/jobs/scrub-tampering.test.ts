import { randomBytes } from 'node:crypto'
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { uploadInParts } from '../store/multipart.test-support.ts'
import {
  CHUNK,
  ENCRYPTED,
  keyFor,
  named,
  openBench,
  put,
  run,
  type Bench,
  type Method,
} from '../store/store.test-support.ts'
import type { Damage } from '../store/verdict.ts'
import { INLINE_BYTES } from '../store/write-blob.ts'
import { findings, scrubAll } from './scrub.test-support.ts'

/** Every class of lib/store/tampering.test.ts, reported by VerifyObject and by the scrub, with the right place. */
let bench: Bench
beforeAll(async () => (bench = await openBench()))
afterAll(() => bench.dispose())
// Each scrub reads everything: what is left of other tests would be read again and again.
afterEach(() => bench.sql.exec('DELETE FROM object_version; DELETE FROM part'))

const BYTES = randomBytes(2 * CHUNK + 100)
const MIB = 2 ** 20
type Row = Record<string, unknown>

const rowOf = (table: string, objectId: string): Row =>
  bench.sql.prepare(`SELECT * FROM "${table}" WHERE object_id = ?`).get(objectId) as Row

async function objectIdOf(key: string): Promise<string> {
  const { bucketId } = (await bench.deps.catalog.findBucket(bench.bucket))!
  return (await bench.deps.catalog.findObject(bucketId, key))!.objectId
}

async function pathOf(key: string): Promise<string> {
  const [part] = await bench.deps.catalog.parts(await objectIdOf(key))
  return join(bench.blobFolder, part!.blobId.slice(0, 2), part!.blobId)
}

/** What VerifyObject says of a key, or the code that refused it. */
async function checked(key: string, method: Method): Promise<Damage[] | string> {
  try {
    const operation = { name: 'VerifyObject', bucket: bench.bucket, key, ...keyFor(method) } as const
    return (await run(bench, operation)).damage
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

/** What the scrub says of everything, by itself. */
async function scrubbed(): Promise<Damage[]> {
  bench.sql.exec('DELETE FROM integrity_finding')
  await scrubAll(bench)
  return (await findings(bench)).flatMap(({ damage }) => damage)
}

/** Both have to say this; under a customer's key the server cannot see it alone. */
async function expectDamage(key: string, method: Method, wanted: Partial<Damage>, seenWithoutKey: boolean) {
  const said = JSON.stringify(wanted)
  expect(await checked(key, method), said).toContainEqual(expect.objectContaining(wanted))
  const found = await scrubbed()
  if (method.mode !== 'customer-key' || seenWithoutKey)
    expect(found, said).toContainEqual(expect.objectContaining(wanted))
}

async function expectWhole(key: string, method: Method): Promise<void> {
  expect(await checked(key, method)).toEqual([])
  expect(await scrubbed()).toEqual([])
}

/** Columns that no proof depends on, and those that this mode does not look at. */
const NOT_BOUND: Record<string, ReadonlySet<string>> = {
  object_version: new Set([
    'last_modified',
    'storage_class',
    'tags',
    'metadata',
    'encrypted_at',
    'bucket_key_enabled',
    'multipart',
    'sequence',
    'delete_marker',
    'restore_available_at',
    'restore_expires_at',
    'retention_mode',
    'retain_until',
    'legal_hold',
    'current',
  ]),
  part: new Set(['uploaded_at', 'etag', 'sealed_etag']),
}

describe.each(named(ENCRYPTED))('an object stored with %s', (name, method) => {
  const customer = method.mode === 'customer-key'

  test.each(['object_version', 'part'])('a changed column of %s is found', async (table) => {
    const key = `column/${name}/${table}`
    await put(bench, key, BYTES, { encryption: method.encryption })
    const objectId = await objectIdOf(key)
    const original = rowOf(table, objectId)
    let found = 0
    for (const [column, value] of Object.entries(original)) {
      if (value === null || NOT_BOUND[table]!.has(column)) continue
      const other = otherValue(column, value)
      try {
        bench.sql.prepare(`UPDATE "${table}" SET "${column}" = ? WHERE object_id = ?`).run(other, objectId)
      } catch (error) {
        expect(String(error)).toMatch(/constraint/)
        continue
      }
      const verdict = await checked(key, method)
      const said = `${column} = ${String(other).slice(0, 20)}`
      // A key that looks wrong because its verifier was changed, and an object whose name is another's now.
      const refused = typeof verdict === 'string'
      if (refused)
        expect(['WrongCustomerKey', 'CustomerKeyNotApplicable', 'NoSuchKey'], said).toContain(verdict)
      else expect(verdict.length, said).toBeGreaterThan(0)
      const seen = (await scrubbed()).length
      if (!customer) expect(seen, said).toBeGreaterThan(0)
      found += 1
      const id = column === 'object_id' ? other : objectId
      bench.sql.prepare(`UPDATE "${table}" SET "${column}" = ? WHERE object_id = ?`).run(value, id)
    }
    expect(found).toBeGreaterThan(6)
    await expectWhole(key, method)
  })

  test('parts that are dropped, swapped, doubled or foreign are found', async () => {
    const sizes = [5 * MIB, 33]
    const key = `parts/${name}`
    await uploadInParts(bench, key, randomBytes(5 * MIB + 33), sizes, method)
    const objectId = await objectIdOf(key)
    const kept = bench.sql.prepare('SELECT * FROM part WHERE object_id = ?').all(objectId) as Row[]
    const blobs = kept.map((row) => row['blob_id'])
    const set = (column: string, value: unknown, number: number): void =>
      void bench.sql
        .prepare(`UPDATE part SET "${column}" = ? WHERE object_id = ? AND number = ?`)
        .run(value, objectId, number)
    const changes: [() => void, Partial<Damage>, boolean][] = [
      [
        () => bench.sql.prepare('DELETE FROM part WHERE object_id = ? AND number = 1').run(objectId),
        { what: 'part-missing' },
        true,
      ],
      [
        () => bench.sql.prepare('DELETE FROM part WHERE object_id = ? AND number = 2').run(objectId),
        { what: 'part-missing' },
        true,
      ],
      [() => set('offset', 7, 2), { what: 'part-order', part: 2 }, true],
      [() => set('number', 9, 2), { what: 'part-row', part: 9 }, false],
      [
        () => (set('blob_id', blobs[1], 1), set('blob_id', blobs[0], 2)),
        { what: 'part-row', part: 1 },
        false,
      ],
      [() => set('salt', randomBytes(32), 2), { what: 'part-row', part: 2 }, false],
      [() => set('commitment', randomBytes(32), 2), { what: 'part-row', part: 2 }, false],
      [() => set('checksums', randomBytes(60), 1), { what: 'part-row', part: 1 }, false],
    ]
    for (const [change, wanted, alone] of changes) {
      change()
      await expectDamage(key, method, wanted, alone)
      bench.sql.prepare('DELETE FROM part WHERE object_id = ?').run(objectId)
      for (const row of kept) insertPart(row)
    }
    await expectWhole(key, method)
  })

  test('changed, cut and lost bytes of a blob are found where they are', async () => {
    const key = `bytes/${name}`
    await put(bench, key, BYTES, { encryption: method.encryption })
    const path = await pathOf(key)
    const whole = readFileSync(path)
    const sealed = CHUNK + (method.suite === 'AES256' ? 16 : 32)
    const cases: [number, Partial<Damage>, boolean][] = [
      [0, { what: 'header', offset: 0 }, true],
      [56, { what: 'header', offset: 0 }, true],
      [88, { what: 'chunk', chunk: 0, offset: 88 }, false],
      [88 + sealed - 1, { what: 'chunk', chunk: 0, offset: 88 }, false],
      [88 + sealed, { what: 'chunk', chunk: 1, offset: 88 + sealed }, false],
      [whole.length - 1, { what: 'chunk', chunk: 2, offset: 88 + 2 * sealed }, false],
    ]
    for (const [position, wanted, alone] of cases) {
      const changed = Buffer.from(whole)
      changed[position]! ^= 0x20
      writeFileSync(path, changed)
      await expectDamage(key, method, wanted, alone)
    }
    for (const length of [0, 87, 88, whole.length - 1]) {
      writeFileSync(path, whole)
      truncateSync(path, length)
      await expectDamage(key, method, { what: 'blob-short', offset: length, part: 1 }, true)
    }
    await bench.deps.blobs.delete(path.slice(-32))
    await expectDamage(key, method, { what: 'blob-missing', part: 1 }, true)
    writeFileSync(path, whole)
    await expectWhole(key, method)
  })

  test('a small blob in its row is found changed, cut, longer and gone', async () => {
    const key = `small/${name}`
    const setInline = bench.sql.prepare('UPDATE part SET inline = ? WHERE object_id = ?')
    await put(bench, key, BYTES.subarray(0, INLINE_BYTES), { encryption: method.encryption })
    const objectId = await objectIdOf(key)
    const whole = rowOf('part', objectId)['inline'] as Buffer
    const flipped = Buffer.from(whole)
    flipped[500]! ^= 1
    const cases: [Buffer | null, Partial<Damage>, boolean][] = [
      [flipped, { what: 'chunk', chunk: 0 }, false],
      [whole.subarray(0, -1), { what: 'blob-short' }, true],
      [Buffer.concat([whole, Buffer.of(0)]), { what: 'blob-long' }, true],
      [null, { what: 'blob-missing' }, true],
    ]
    for (const [inline, wanted, alone] of cases) {
      setInline.run(inline, objectId)
      await expectDamage(key, method, wanted, alone)
    }
    setInline.run(whole, objectId)
    await expectWhole(key, method)
  })

  test('cannot be passed off as plaintext, nor under the name of another', async () => {
    const [a, b] = [`name/${name}/a`, `name/${name}/b`]
    for (const key of [a, b]) await put(bench, key, Buffer.from(key), { encryption: method.encryption })
    const [idA, idB] = [await objectIdOf(a), await objectIdOf(b)]
    const mode = rowOf('object_version', idA)['mode']
    const setMode = bench.sql.prepare('UPDATE object_version SET mode = ? WHERE object_id = ?')
    setMode.run('none', idA)
    const plain = { ...method, customerKey: undefined } as unknown as Method
    expect(await checked(a, plain)).toContainEqual(expect.objectContaining({ what: 'signed-plaintext' }))
    expect(await scrubbed()).toContainEqual(expect.objectContaining({ what: 'signed-plaintext' }))
    setMode.run(mode, idA)
    const place = bench.sql.prepare('UPDATE object_version SET key = ? WHERE object_id = ?')
    place.run(`${a}x`, idA)
    place.run(a, idB)
    await expectDamage(a, method, { what: 'key-wrong' }, false)
    place.run(b, idB)
    place.run(a, idA)
    await expectWhole(a, method)
  })
})

function otherValue(column: string, value: unknown): unknown {
  if (column === 'mode') return 'nonsense'
  if (column === 'suite') return value === 'SM4' ? 'AES256' : 'SM4'
  if (column === 'chunk_log2') return 17
  if (Buffer.isBuffer(value)) {
    const flipped = Buffer.from(value)
    flipped[flipped.length >> 1]! ^= 0x10
    return flipped
  }
  return typeof value === 'number' ? value + 1 : `${String(value)}x`
}

function insertPart(row: Row): void {
  const columns = Object.keys(row)
  bench.sql
    .prepare(
      `INSERT INTO part (${columns.map((column) => `"${column}"`).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    )
    .run(Object.values(row))
}
