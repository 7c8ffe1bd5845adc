import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { initiate, uploadInParts, uploadPart, complete } from './multipart.test-support.ts'
import type { PartRow } from './model.ts'
import { INLINE_BYTES } from './write-blob.ts'
import {
  CHUNK,
  ENCRYPTED,
  get,
  keyFor,
  METHODS,
  named,
  openBench,
  put,
  run,
  type Bench,
  type Method,
} from './store.test-support.ts'

/** What somebody gains who may write to the database or the blobs, but has no key: nothing is read wrong. */
let bench: Bench
beforeAll(async () => {
  bench = await openBench()
  await run(bench, { name: 'CreateBucket', bucket: OTHER_BUCKET })
})
afterAll(() => bench.dispose())

const OTHER_BUCKET = 'other-bucket'
const BYTES = randomBytes(2 * CHUNK + 100)

type Row = Record<string, unknown>
const rowOf = (table: string, objectId: string): Row =>
  bench.sql.prepare(`SELECT * FROM "${table}" WHERE object_id = ?`).get(objectId) as Row

async function objectIdOf(key: string, method: Method, bucket = bench.bucket): Promise<string> {
  return (await run(bench, { name: 'HeadObject', bucket, key, conditions: {}, ...keyFor(method) })).object
    .objectId
}

/** What reading gives: bytes, or the code that refused them (also after some pieces were given). */
async function reading(key: string, method: Method, bucket = bench.bucket): Promise<Buffer | string> {
  try {
    const { bytes, object } = await get(bench, key, { bucket, ...keyFor(method) })
    // Opened when looked at, by clients that ask for them.
    expect(object.checksums.map(({ algorithm }) => algorithm)).toEqual(['crc64nvme', 'crc64ecma'])
    return bytes
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

const REFUSALS = [
  'ObjectCorrupt',
  'WrongCustomerKey',
  'CustomerKeyRequired',
  'CustomerKeyNotApplicable',
  'KeyNotFound',
  'NoSuchKey',
]

/** Other values of the same and of other types that somebody could write there. */
function otherValues(column: string, value: unknown): unknown[] {
  const modes = ['none', 'service-key', 'managed-key', 'customer-key', 'nonsense']
  if (column === 'mode') return modes.filter((mode) => mode !== value)
  if (column === 'suite') return ['AES256', 'SM4', 'nonsense', null].filter((suite) => suite !== value)
  if (column === 'chunk_log2') return [17, 0, 64, null]
  if (Buffer.isBuffer(value)) {
    const flipped = Buffer.from(value)
    if (flipped.length > 0) flipped[flipped.length >> 1]! ^= 0x10
    return [flipped, value.subarray(1), Buffer.concat([value, Buffer.of(0)]), Buffer.alloc(0), null].filter(
      (other) => !(other && other.equals(value)),
    )
  }
  if (typeof value === 'number')
    return [value + 1, value - 1, -1, 1e15, null].filter((other) => other !== value)
  if (typeof value === 'string') return [`${value}x`, '', '{}', '[', null].filter((other) => other !== value)
  return ['x', 1, Buffer.from('x')]
}

/**
 * Columns that the data does not depend on. They are what a client sees beside the bytes; the MAC leaves them out
 * so that tags and locks can be set without a key, and because they say nothing about which bytes are right.
 */
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
    'legal_hold',
  ]),
  part: new Set(['uploaded_at', 'etag', 'sealed_etag']),
}
/** Null in this mode, and not looked at. */
const unused = (value: unknown): boolean => value === null

describe.each(named(ENCRYPTED))('an object stored with %s', (name, method) => {
  describe.each(['object_version', 'part'])('any change of a column of %s', (table) => {
    test('is refused or changes no byte', async () => {
      const key = `column/${name}/${table}`
      await put(bench, key, BYTES, { encryption: method.encryption })
      const objectId = await objectIdOf(key, method)
      const original = rowOf(table, objectId)
      const outcomes: string[] = []
      for (const [column, value] of Object.entries(original))
        for (const other of otherValues(column, value)) {
          const change = bench.sql.prepare(`UPDATE "${table}" SET "${column}" = ? WHERE object_id = ?`)
          try {
            change.run(other, objectId)
          } catch (error) {
            // The database itself does not take it: a null where there must be a value.
            expect(String(error)).toMatch(/constraint/)
            continue
          }
          const read = await reading(key, method)
          const said = `${column} = ${String(other).slice(0, 20)}`
          if (Buffer.isBuffer(read)) {
            expect(read.equals(BYTES), said).toBe(true)
            expect(NOT_BOUND[table]!.has(column) || unused(value), said).toBe(true)
          } else {
            expect(REFUSALS, said).toContain(read)
            outcomes.push(`${column}: ${read}`)
          }
          // Its own id may be what was changed.
          const id = column === 'object_id' ? other : objectId
          bench.sql.prepare(`UPDATE "${table}" SET "${column}" = ? WHERE object_id = ?`).run(value, id)
          expect(rowOf(table, objectId)).toEqual(original)
        }
      expect(await reading(key, method)).toEqual(BYTES)
      expect(outcomes.length).toBeGreaterThan(20)
    })
  })

  test('does not open in the place of another: rows swapped between keys and buckets', async () => {
    await put(bench, 'swap/a', Buffer.from('the first'), { encryption: method.encryption })
    await put(bench, 'swap/b', Buffer.from('another'), { encryption: method.encryption })
    await put(bench, 'swap/a', Buffer.from('elsewhere'), {
      encryption: method.encryption,
      bucket: OTHER_BUCKET,
    })
    const [a, b] = [await objectIdOf('swap/a', method), await objectIdOf('swap/b', method)]
    const elsewhere = await objectIdOf('swap/a', method, OTHER_BUCKET)
    const place = bench.sql.prepare('UPDATE object_version SET bucket_id = ?, key = ? WHERE object_id = ?')
    const [first, other] = [
      rowOf('object_version', a)['bucket_id'],
      rowOf('object_version', elsewhere)['bucket_id'],
    ]
    place.run(first, 'swap/c', b)
    place.run(first, 'swap/b', a)
    place.run(first, 'swap/a', b)
    expect(await reading('swap/a', method)).toBe('ObjectCorrupt')
    expect(await reading('swap/b', method)).toBe('ObjectCorrupt')
    place.run(other, 'swap/x', elsewhere)
    place.run(other, 'swap/a', b)
    place.run(first, 'swap/a', elsewhere)
    expect(await reading('swap/a', method)).toBe('ObjectCorrupt')
    expect(await reading('swap/a', method, OTHER_BUCKET)).toBe('ObjectCorrupt')
  })

  test('does not open with the parts or the blob of another', async () => {
    await put(bench, 'blob/a', Buffer.from('a content'), { encryption: method.encryption })
    await put(bench, 'blob/b', Buffer.from('b content'), { encryption: method.encryption })
    const [a, b] = [await objectIdOf('blob/a', method), await objectIdOf('blob/b', method)]
    const part = rowOf('part', b)
    bench.sql.prepare('DELETE FROM part WHERE object_id = ?').run(a)
    bench.sql.prepare('UPDATE part SET object_id = ? WHERE object_id = ?').run(a, b)
    expect(await reading('blob/a', method)).toBe('ObjectCorrupt')
    expect(await reading('blob/b', method)).toBe('ObjectCorrupt')
    bench.sql.prepare('UPDATE part SET object_id = ? WHERE object_id = ?').run(b, a)
    expect(rowOf('part', b)).toEqual(part)
  })

  test('an older version of its rows does not open once they were replaced in part', async () => {
    await put(bench, 'old', Buffer.from('version 1'), { encryption: method.encryption })
    const old = await objectIdOf('old', method)
    const [oldRow, oldPart] = [rowOf('object_version', old), rowOf('part', old)]
    await put(bench, 'old', Buffer.from('version 2'), { encryption: method.encryption })
    const now = await objectIdOf('old', method)
    const set = (table: string, row: Row, columns: string[]): void => {
      for (const column of columns)
        bench.sql.prepare(`UPDATE "${table}" SET "${column}" = ? WHERE object_id = ?`).run(row[column], now)
    }
    set('part', oldPart, ['blob_id', 'salt', 'commitment', 'mac', 'checksums'])
    expect(await reading('old', method)).toBe('ObjectCorrupt')
    set('object_version', oldRow, [
      'wrapped_data_key',
      'customer_key_salt',
      'customer_key_verifier',
      'object_mac',
      'checksums',
    ])
    expect(await reading('old', method)).toBe('ObjectCorrupt')
  })

  test('cannot be passed off as plaintext', async () => {
    await put(bench, 'downgrade', BYTES, { encryption: method.encryption })
    const objectId = await objectIdOf('downgrade', method)
    const none = METHODS[0]!
    bench.sql.prepare("UPDATE object_version SET mode = 'none' WHERE object_id = ?").run(objectId)
    expect(await reading('downgrade', none)).toBe('ObjectCorrupt')
  })

  test('every part has its place: dropped, swapped, doubled and foreign ones are noticed', async () => {
    const sizes = [5 * 2 ** 20, 5 * 2 ** 20, 33]
    const bytes = randomBytes(sizes.reduce((sum, size) => sum + size, 0))
    await uploadInParts(bench, 'parts', bytes, sizes, method)
    const objectId = await objectIdOf('parts', method)
    const parts = (): PartRow[] =>
      bench.sql.prepare('SELECT * FROM part WHERE object_id = ? ORDER BY number').all(objectId) as never
    const kept = parts()
    const renumber = bench.sql.prepare(
      'UPDATE part SET number = ?, "offset" = ? WHERE object_id = ? AND number = ?',
    )
    const restore = (): void => {
      bench.sql.prepare('DELETE FROM part WHERE object_id = ?').run(objectId)
      for (const row of kept) {
        const columns = Object.keys(row)
        const marks = columns.map(() => '?').join(', ')
        bench.sql
          .prepare(`INSERT INTO part (${columns.map((c) => `"${c}"`).join(', ')}) VALUES (${marks})`)
          .run(Object.values(row))
      }
    }
    const changes: Record<string, () => void> = {
      'the first dropped': () =>
        bench.sql.prepare('DELETE FROM part WHERE object_id = ? AND number = 1').run(objectId),
      'the middle dropped': () =>
        bench.sql.prepare('DELETE FROM part WHERE object_id = ? AND number = 2').run(objectId),
      'the last dropped': () =>
        bench.sql.prepare('DELETE FROM part WHERE object_id = ? AND number = 3').run(objectId),
      'the middle dropped, the last moved up': () => {
        bench.sql.prepare('DELETE FROM part WHERE object_id = ? AND number = 2').run(objectId)
        renumber.run(2, sizes[0], objectId, 3)
      },
      'two swapped': () => {
        renumber.run(9, 0, objectId, 1)
        renumber.run(1, 0, objectId, 2)
        renumber.run(2, sizes[0], objectId, 9)
      },
      'one under the number of another': () => renumber.run(7, sizes[0]! + sizes[1]!, objectId, 3),
      'blobs swapped': () => {
        const set = bench.sql.prepare('UPDATE part SET blob_id = ? WHERE object_id = ? AND number = ?')
        const ids = kept.map((row) => (row as unknown as Row)['blob_id'])
        set.run(ids[1], objectId, 1)
        set.run(ids[0], objectId, 2)
      },
      'the count changed': () =>
        bench.sql
          .prepare('UPDATE object_version SET part_count = 2, size = ? WHERE object_id = ?')
          .run(sizes[0]! + sizes[1]!, objectId),
    }
    const original = rowOf('object_version', objectId)
    for (const [what, change] of Object.entries(changes)) {
      change()
      expect(await reading('parts', method), what).toBe('ObjectCorrupt')
      restore()
      bench.sql
        .prepare('UPDATE object_version SET part_count = 3, size = ? WHERE object_id = ?')
        .run(bytes.length, objectId)
    }
    expect(rowOf('object_version', objectId)).toEqual(original)
    const last = { range: { suffix: 40 }, ...keyFor(method) }
    expect((await get(bench, 'parts', last)).bytes.equals(bytes.subarray(-40))).toBe(true)
  })

  describe('changed bytes of its blob', () => {
    const pathOf = async (key: string): Promise<string> => {
      const [part] = await bench.deps.catalog.parts(await objectIdOf(key, method))
      return join(bench.blobFolder, part!.blobId.slice(0, 2), part!.blobId)
    }

    test('are noticed wherever they are: header, first chunk, tags, last chunk', async () => {
      await put(bench, 'flip', BYTES, { encryption: method.encryption })
      const path = await pathOf('flip')
      const whole = readFileSync(path)
      const tag = method.suite === 'AES256' ? 16 : 32
      const header = [0, 4, 5, 6, 7, 8, 24, 55, 56, 87]
      const first = [88, 88 + 1000, 88 + CHUNK - 1, 88 + CHUNK, 88 + CHUNK + tag - 1]
      const later = [88 + CHUNK + tag, 88 + 2 * (CHUNK + tag), whole.length - 1, whole.length - tag - 1]
      for (const position of [...header, ...first, ...later]) {
        flip(path, position, whole)
        expect(await reading('flip', method), `byte ${position}`).toBe('ObjectCorrupt')
        writeFileSync(path, whole)
      }
      expect(await reading('flip', method)).toEqual(BYTES)
    })

    test('in the first chunk fail before a body begins, later ones break it off', async () => {
      const large = randomBytes(40 * CHUNK)
      await put(bench, 'break', large, { encryption: method.encryption })
      const path = await pathOf('break')
      const whole = readFileSync(path)
      const operation = { name: 'GetObject', bucket: bench.bucket, key: 'break', conditions: {} } as const
      flip(path, 88 + 10, whole)
      await expect(run(bench, { ...operation, ...keyFor(method) })).rejects.toMatchObject({
        code: 'ObjectCorrupt',
      })
      writeFileSync(path, whole)
      flip(path, whole.length - 5, whole)
      const { body } = await run(bench, { ...operation, ...keyFor(method) })
      let given = 0
      const consume = async (): Promise<void> => {
        for await (const piece of body) {
          expect(piece.equals(large.subarray(given, given + piece.length))).toBe(true)
          given += piece.length
        }
      }
      await expect(consume()).rejects.toMatchObject({ code: 'ObjectCorrupt' })
      expect(given).toBeGreaterThan(0)
      expect(given).toBeLessThan(large.length)
    })

    test('a blob cut short at any place is noticed, and one that is gone', async () => {
      for (const size of [INLINE_BYTES + 1, CHUNK, 2 * CHUNK, BYTES.length]) {
        await put(bench, 'cut', BYTES.subarray(0, size), { encryption: method.encryption })
        const path = await pathOf('cut')
        const whole = readFileSync(path)
        for (const length of [0, 87, 88, whole.length - 33, whole.length - 1]) {
          if (length < 0 || length >= whole.length) continue
          truncateSync(path, length)
          expect(await reading('cut', method), `${size} bytes cut to ${length}`).toBe('ObjectCorrupt')
          writeFileSync(path, whole)
        }
        await bench.deps.blobs.delete(path.slice(-32))
        expect(await reading('cut', method)).toBe('ObjectCorrupt')
      }
    })
  })

  test('a small blob in its row is noticed when it is changed, cut short, longer or gone', async () => {
    const setInline = bench.sql.prepare('UPDATE part SET inline = ? WHERE object_id = ?')
    for (const size of [0, 1, INLINE_BYTES]) {
      const bytes = BYTES.subarray(0, size)
      await put(bench, 'small', bytes, { encryption: method.encryption })
      const objectId = await objectIdOf('small', method)
      const whole = rowOf('part', objectId)['inline'] as Buffer
      const lengths = [0, 87, 88, whole.length - 33, whole.length - 1].filter((length) => length >= 0)
      const others: (Buffer | null)[] = lengths.map((length) => whole.subarray(0, length))
      others.push(Buffer.concat([whole, Buffer.of(0)]), null)
      for (const position of [0, 4, 8, 24, 56, 87, 88, whole.length - 1]) {
        const flipped = Buffer.from(whole)
        flipped[position]! ^= 1
        others.push(flipped)
      }
      for (const other of others) {
        setInline.run(other, objectId)
        expect(await reading('small', method), `${size} bytes`).toBe('ObjectCorrupt')
      }
      setInline.run(whole, objectId)
      expect(await reading('small', method)).toEqual(bytes)
    }
  })

  test('a part changed while the upload runs cannot be completed', async () => {
    const uploadId = await initiate(bench, 'upload', method)
    const { etag } = await uploadPart(bench, 'upload', uploadId, 1, BYTES, keyFor(method))
    bench.sql
      .prepare(
        'UPDATE part SET checksums = ? WHERE object_id = (SELECT object_id FROM multipart_upload WHERE upload_id = ?)',
      )
      .run(randomBytes(60), uploadId)
    await expect(complete(bench, 'upload', uploadId, [{ number: 1, etag }])).rejects.toMatchObject({
      code: 'ObjectCorrupt',
    })
  })
})

function flip(path: string, position: number, whole: Buffer): void {
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.of(whole[position]! ^ 1), 0, 1, position)
  closeSync(file)
}
