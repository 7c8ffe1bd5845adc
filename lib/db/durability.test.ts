import fs from 'node:fs'
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
  let reachDisk: (error: NodeJS.ErrnoException | null) => void = () => undefined
  const fdatasync = vi.spyOn(fs, 'fdatasync').mockImplementationOnce((_fd, done) => void (reachDisk = done))
  const { catalog } = database
  let acknowledged = false
  const written = catalog.createBucket(bucket('one')).then(() => (acknowledged = true))
  await vi.waitFor(async () => expect(await catalog.listBuckets(projectId)).toHaveLength(1))
  const settled = catalog.settled()
  expect(settled).toBeDefined()
  expect(acknowledged).toBe(false)
  reachDisk(null)
  await settled
  await written
  expect(catalog.settled()).toBeUndefined()

  const broken = Object.assign(new Error('EIO'), { code: 'EIO' })
  fdatasync.mockImplementationOnce((_fd, done) => done(broken))
  await expect(catalog.createBucket(bucket('two'))).rejects.toMatchObject({ code: 'EIO' })
  await catalog.createBucket(bucket('three'))
  // Unknown, and so it may be there: nobody was told that it is.
  expect((await catalog.listBuckets(projectId)).map(({ name }) => name)).toEqual(['one', 'three', 'two'])
  fdatasync.mockRestore()
})
