import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openTestDatabase, type TestDatabase } from './db.test-support.ts'

let database: TestDatabase
let projectId: string
beforeEach(async () => {
  database = await openTestDatabase()
  projectId = await database.newProject()
})
afterEach(() => database.dispose())

const bucket = (name: string) => ({
  bucketId: name,
  name,
  projectId,
  region: 'r',
  createdAt: 0,
  encryption: undefined,
  customerKeysBlocked: false,
})

test('a write is acknowledged after its commit was synced, and what is seen before is not settled', async () => {
  const handle = await open(join(database.dataDir, 'coffer.db'))
  const datasync = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'datasync')
  await handle.close()
  let reachDisk = (): void => undefined
  datasync.mockReturnValueOnce(new Promise((resolve) => (reachDisk = resolve)))
  const { catalog } = database
  let acknowledged = false
  const written = catalog.createBucket(bucket('one')).then(() => (acknowledged = true))
  await vi.waitFor(async () => expect(await catalog.listBuckets(projectId)).toHaveLength(1))
  const settled = catalog.settled()
  expect(settled).toBeDefined()
  expect(acknowledged).toBe(false)
  reachDisk()
  await settled
  await written
  expect(catalog.settled()).toBeUndefined()

  datasync.mockRejectedValueOnce(Object.assign(new Error('EIO'), { code: 'EIO' }))
  await expect(catalog.createBucket(bucket('two'))).rejects.toMatchObject({ code: 'EIO' })
  await catalog.createBucket(bucket('three'))
  // Unknown, and so it may be there: nobody was told that it is.
  expect((await catalog.listBuckets(projectId)).map(({ name }) => name)).toEqual(['one', 'three', 'two'])
  datasync.mockRestore()
})
