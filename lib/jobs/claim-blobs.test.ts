import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { put } from '../blobs/conformance.ts'
import { type FilesystemStore, openFilesystemStore } from '../blobs/filesystem.ts'
import { openTestDatabase, type TestDatabase } from '../db/db.test-support.ts'
import { claimBlobs, type Lineage } from './claim-blobs.ts'

const DAY = 24 * 3_600_000
const NOW = Date.UTC(2026, 10, 22)

let folder: string
let blobs: FilesystemStore
let database: TestDatabase
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coffer-claim-'))
  blobs = await openFilesystemStore({ directory: join(folder, 'blobs') })
  database = await openTestDatabase()
})
afterEach(async () => {
  await blobs.close()
  await database.dispose()
  await rm(folder, { recursive: true })
})

/** What a start does; `unused`: it has just made the database. */
const start = (unused = false) => claimBlobs({ repository: database.lineage, blobs, unused, now: () => NOW })
const aBlob = () => put(blobs, [Buffer.from('ciphertext')])
/** Puts a copy of the database back that was made when it said this of itself. */
const putBack = (lineage: Lineage) => database.lineage.keepLineage(lineage)
const asItIs = async () => (await database.lineage.lineage())!

test('a database and its blobs belong together from their first start on', async () => {
  expect(await start(true)).toEqual({ sweepFrom: 0, older: false })
  await aBlob()
  for (let i = 0; i < 3; i++) expect(await start()).toEqual({ sweepFrom: 0, older: false })
  expect(await asItIs()).toMatchObject({ starts: 4 })
})

test('a first start that failed further on is no stranger to the next', async () => {
  await start(true)
  expect(await start(true)).toEqual({ sweepFrom: 0, older: false })
})

describe('a new database is refused', () => {
  test('where blobs of another one lie', async () => {
    await aBlob()
    await expect(start(true)).rejects.toMatchObject({ name: 'StartError' })
    await expect(start(true)).rejects.toMatchObject({ name: 'StartError' })
    expect(await database.lineage.lineage()).toBeUndefined()
    expect(await blobs.label()).toBeUndefined()
  })

  test('where another one has been, also if all was deleted since', async () => {
    await blobs.setLabel(JSON.stringify({ store: 'other', starts: 1 }))
    await expect(start(true)).rejects.toMatchObject({ name: 'StartError' })
  })
})

test('the database of another store is refused', async () => {
  await start(true)
  await blobs.setLabel(JSON.stringify({ store: 'other', starts: 1 }))
  await expect(start()).rejects.toMatchObject({ name: 'StartError' })
})

test('an older database sweeps nothing for 30 days, nor does the newer one that is put back after it', async () => {
  await start(true)
  const older = await asItIs()
  await start()
  const newer = await asItIs()
  await putBack(older)
  expect(await start()).toEqual({ sweepFrom: NOW + 30 * DAY, older: true })
  // Until then, whatever starts come.
  expect(await start()).toEqual({ sweepFrom: NOW + 30 * DAY, older: false })
  await putBack(newer)
  expect(await start()).toEqual({ sweepFrom: NOW + 30 * DAY, older: true })
})

test.each([
  ['without a label, as before there were any', undefined],
  ['with a label that cannot be read', 'no JSON'],
  ['with a label that says nothing', '{"store":1}'],
])('blobs %s are kept from the sweep for 30 days', async (_, label) => {
  await aBlob()
  if (label !== undefined) await writeFile(join(folder, 'blobs', 'label.json'), label)
  expect(await start()).toEqual({ sweepFrom: NOW + 30 * DAY, older: false })
  expect(JSON.parse((await blobs.label())!)).toEqual({ store: (await asItIs()).store, starts: 1 })
})

test('a database copied before there were labels is an older one', async () => {
  await blobs.setLabel(JSON.stringify({ store: 'this', starts: 7 }))
  expect(await start()).toEqual({ sweepFrom: NOW + 30 * DAY, older: true })
  expect(await asItIs()).toMatchObject({ store: 'this', starts: 8 })
})
