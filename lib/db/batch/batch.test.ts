import { afterAll, beforeAll, expect, test } from 'vitest'
import { batchRepositoryConformance } from '../../batch/repository-conformance.ts'
import { newObject, newPart } from '../../store/catalog-conformance-rows.ts'
import type { BatchResult } from '../../store/catalog.ts'
import type { SealedRecord } from '../../store/encryption-model.ts'
import { openTestDatabase, type TestDatabase } from '../db.test-support.ts'

let database: TestDatabase
beforeAll(async () => void (database = await openTestDatabase()))
afterAll(() => database.dispose())

batchRepositoryConformance('SQLite', () => ({ repository: database.batch, newProject: database.newProject }))

test('a change whose result is there already, or whose job is gone, does not happen', async () => {
  const { catalog, batch } = database
  const projectId = await database.newProject()
  const bucket = { bucketId: 'of-results', name: 'of-results', projectId, region: 'r', createdAt: 0 }
  await catalog.createBucket({ ...bucket, encryption: undefined, customerKeysBlocked: false })
  const sealed = (byte: number): SealedRecord => ({
    mode: 'service-key',
    suite: 'AES256',
    chunkLog2: 16,
    wrappedDataKey: Buffer.alloc(98, byte),
    encryptedAt: byte,
    keyId: 'service',
    keyVersion: byte,
  })
  const object = newObject(bucket.bucketId, 'k', { encryption: sealed(1) })
  await catalog.commitObject(object, [newPart(object.objectId)])
  await batch.insert({
    jobId: 'job',
    projectId,
    userId: 'u',
    undoOf: undefined,
    selection: { kind: 'filter', filter: { bucketId: bucket.bucketId } },
    target: { kind: 'service-key', suite: 'AES256' },
    throttle: {},
    createdAt: 0,
  })
  const { objectId, versionId, size } = object
  const result: BatchResult = {
    ...{ jobId: 'job', bucketId: bucket.bucketId, key: 'k', versionId, outcome: 'rewrapped', size },
    previous: { mode: 'service-key', suite: 'AES256', keyVersion: 1, encryptedAt: 1 },
    at: 2,
  }
  await catalog.replaceEncryption({ objectId, from: sealed(1), to: sealed(2), result })
  const conflict = { code: 'ConditionalRequestConflict' }
  for (const jobId of ['job', 'gone'])
    await expect(
      catalog.replaceEncryption({ objectId, from: sealed(2), to: sealed(3), result: { ...result, jobId } }),
    ).rejects.toMatchObject(conflict)
  expect((await catalog.findObject(bucket.bucketId, 'k'))?.encryption).toEqual(sealed(2))
  expect((await batch.find('job'))?.progress).toMatchObject({ rewrapped: 1, bytes: size })
})
