import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openFilesystemStore, type FilesystemStore } from '../blobs/filesystem.ts'
import { openTestDatabase, type TestDatabase } from '../db/db.test-support.ts'
import { madeBucket, newObject, newPart, newUpload } from '../store/catalog-conformance-rows.ts'
import { collectGarbage } from './collect-garbage.ts'
import { sweepOrphans } from './sweep-orphans.ts'

const GRACE = 60_000
let folder: string
let database: TestDatabase
let blobs: FilesystemStore
let bucketId: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-jobs-'))
  database = await openTestDatabase(GRACE)
  blobs = await openFilesystemStore({ directory: join(folder, 'blobs') })
  bucketId = await madeBucket({ ...database, close: database.dispose })
})
afterEach(async () => {
  await blobs.close()
  await database.dispose()
  rmSync(folder, { recursive: true })
})

async function newBlob(): Promise<string> {
  const writer = await blobs.create(randomBytes(16).toString('hex'))
  await writer.write([Buffer.from('ciphertext')])
  await writer.commit()
  blobs.settle([writer.id])
  return writer.id
}

/** Stores an object of one blob. */
async function put(key: string): Promise<string> {
  const object = newObject(bucketId, key)
  const blobId = await newBlob()
  await database.catalog.commitObject(object, [newPart(object.objectId, { blobId })])
  return blobId
}

async function stored(): Promise<Set<string>> {
  const ids = new Set<string>()
  for await (const { id } of blobs.list()) ids.add(id)
  return ids
}

describe('collecting garbage', () => {
  const collect = (after: number): Promise<number> =>
    collectGarbage({ catalog: database.catalog, blobs, now: () => Date.now() + after })

  test('removes replaced and deleted blobs after their grace, and only them', async () => {
    const [old, current, deleted] = [await put('k'), await put('k'), await put('gone')]
    await database.catalog.deleteObject(bucketId, 'gone')
    expect(await collect(GRACE - 5000)).toBe(0)
    expect(await stored()).toEqual(new Set([old, current, deleted]))
    expect(await collect(GRACE + 1)).toBe(2)
    expect(await stored()).toEqual(new Set([current]))
  })

  test('done twice is done once', async () => {
    await put('k')
    const current = await put('k')
    expect(await collect(GRACE + 1)).toBe(1)
    expect(await collect(GRACE + 1)).toBe(0)
    expect(await stored()).toEqual(new Set([current]))
    expect(await database.catalog.dueGarbage(Number.MAX_SAFE_INTEGER, 10)).toEqual([])
  })

  test('goes on where a crash between blob and row stopped it', async () => {
    const old = await put('k')
    await put('k')
    await blobs.delete(old)
    expect(await collect(GRACE + 1)).toBe(1)
    expect(await database.catalog.referenced([old])).toEqual(new Set())
  })

  test('keeps the row of a blob that could not be removed', async () => {
    const old = await put('k')
    await put('k')
    const failing = { delete: () => Promise.reject(new Error('disk')) }
    const now = (): number => Date.now() + GRACE + 1
    await expect(collectGarbage({ catalog: database.catalog, blobs: failing, now })).rejects.toThrow('disk')
    expect(await database.catalog.referenced([old])).toEqual(new Set([old]))
    expect(await collect(GRACE + 1)).toBe(1)
  })

  test('works through more than one batch', { timeout: 60_000 }, async () => {
    const ids = Array.from({ length: 1100 }, () => randomBytes(16).toString('hex'))
    const object = newObject(bucketId, 'many')
    const parts = ids.map((blobId, i) => newPart(object.objectId, { number: i + 1, blobId }))
    await database.catalog.commitObject(object, parts)
    await database.catalog.deleteObject(bucketId, 'many')
    expect(await collect(GRACE + 1)).toBe(1100)
    expect(await database.catalog.referenced(ids)).toEqual(new Set())
  })
})

describe('sweeping orphans', () => {
  const sweep = (graceMs: number, after = 0): Promise<number> =>
    sweepOrphans({ catalog: database.catalog, blobs, graceMs, now: () => Date.now() + after })

  test('removes blobs that nothing names, and keeps those of objects, uploads and garbage', async () => {
    const replaced = await put('k')
    const current = await put('k')
    const upload = newUpload(bucketId, 'u')
    await database.catalog.createUpload(upload)
    const part = newPart(upload.objectId, { blobId: await newBlob() })
    await database.catalog.putPart(upload.uploadId, part)
    await newBlob()
    expect(await sweep(0)).toBe(1)
    expect(await stored()).toEqual(new Set([replaced, current, part.blobId]))
    expect(await sweep(0)).toBe(0)
  })

  test('spares the blob of an upload that is not committed yet, for its grace', async () => {
    const orphan = await newBlob()
    expect(await sweep(GRACE)).toBe(0)
    expect(await sweep(GRACE, GRACE - 5000)).toBe(0)
    expect(await stored()).toEqual(new Set([orphan]))
    expect(await sweep(GRACE, GRACE + 5000)).toBe(1)
  })

  test('at start no clock is asked: a blob from the future is an orphan too', async () => {
    await newBlob()
    expect(await sweep(0, -1e9)).toBe(1)
  })

  test('stops when the database cannot be asked, rather than remove what may be named', async () => {
    const kept = await put('k')
    const failing = { referenced: () => Promise.reject(new Error('database')) }
    await expect(sweepOrphans({ catalog: failing, blobs, graceMs: 0 })).rejects.toThrow('database')
    expect(await stored()).toEqual(new Set([kept]))
  })
})
