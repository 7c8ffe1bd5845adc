import { randomBytes, randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { Catalog } from './catalog.ts'
import type { CatalogHarness } from './catalog-conformance.ts'
import type { EncryptionRecord } from './encryption-model.ts'
import type { Bucket, ObjectRow, PartRow, UploadRow } from './model.ts'

const sealed = { chunkLog2: 16, encryptedAt: 1_700_000_000_123 }

/** One record of every shape that the catalog keeps. */
export const ENCRYPTION_RECORDS: readonly EncryptionRecord[] = [
  { mode: 'none' },
  {
    ...sealed,
    mode: 'service-key',
    suite: 'AES256',
    wrappedDataKey: randomBytes(114),
    keyId: 'service/p',
    keyVersion: 0,
  },
  {
    ...sealed,
    mode: 'managed-key',
    suite: 'SM4',
    wrappedDataKey: randomBytes(130),
    keyId: 'k1',
    keyVersion: 7,
    context: { 'a"b': '\\', ü: '' },
    bucketKeyEnabled: true,
  },
  {
    ...sealed,
    mode: 'customer-key',
    suite: 'AES256',
    wrappedDataKey: randomBytes(114),
    customerKeySalt: randomBytes(32),
    customerKeyVerifier: randomBytes(32),
  },
]

export const NONE: EncryptionRecord = { mode: 'none' }

export function newBucket(projectId: string, name = `b-${randomUUID()}`): Bucket {
  return {
    bucketId: randomUUID(),
    name,
    projectId,
    region: 'us-east-1',
    createdAt: 1_700_000_000_000,
    encryption: undefined,
    customerKeysBlocked: false,
  }
}

/** A bucket that exists. */
export async function madeBucket({ catalog, newProject }: CatalogHarness): Promise<string> {
  const bucket = newBucket(await newProject())
  await catalog.createBucket(bucket)
  return bucket.bucketId
}

export function newObject(bucketId: string, key: string, changes: Partial<ObjectRow> = {}): ObjectRow {
  return {
    objectId: randomUUID(),
    bucketId,
    key,
    versionId: 'null',
    size: 10,
    etag: { open: '0123456789abcdef0123456789abcdef' },
    lastModified: 1_700_000_000_001,
    metadata: { contentType: 'text/plain', userMetadata: {} },
    storageClass: 'STANDARD',
    tags: {},
    encryption: NONE,
    objectMac: undefined,
    checksums: Buffer.from('[]'),
    partCount: 1,
    multipart: false,
    ...changes,
  }
}

export function newPart(objectId: string, changes: Partial<PartRow> = {}): PartRow {
  return {
    objectId,
    number: 1,
    offset: 0,
    size: 10,
    blobId: newBlobId(),
    salt: randomBytes(32),
    commitment: randomBytes(32),
    etag: { open: 'fedcba9876543210fedcba9876543210' },
    checksums: randomBytes(40),
    mac: randomBytes(32),
    uploadedAt: 1_700_000_000_002,
    ...changes,
  }
}

export function newUpload(bucketId: string, key: string, changes: Partial<UploadRow> = {}): UploadRow {
  return {
    uploadId: randomBytes(24).toString('base64url'),
    objectId: randomUUID(),
    bucketId,
    key,
    initiatedAt: 1_700_000_000_003,
    initiator: 'user',
    metadata: { contentType: 'text/plain', userMetadata: {} },
    storageClass: 'STANDARD',
    tags: {},
    encryption: NONE,
    checksumAlgorithm: undefined,
    checksumType: undefined,
    sealedFinishingKeys: undefined,
    ...changes,
  }
}

export function newBlobId(): string {
  return randomBytes(16).toString('hex')
}

/** Stores an object of one blob; returns the blob's id. */
export async function put(
  catalog: Catalog,
  bucketId: string,
  key: string,
  changes: Partial<ObjectRow> = {},
): Promise<string> {
  const object = newObject(bucketId, key, changes)
  const part = newPart(object.objectId, { size: object.size })
  await catalog.commitObject(object, [part])
  return part.blobId
}

/** Which of these blobs are garbage, whatever their grace. A blob that is garbage twice counts twice. */
export async function garbageAmong(catalog: Catalog, blobIds: readonly string[]): Promise<string[]> {
  const due = await catalog.dueGarbage(Number.MAX_SAFE_INTEGER, 1_000_000)
  return due.filter((id) => blobIds.includes(id)).sort()
}

export async function expectCode(work: Promise<unknown>, code: string): Promise<void> {
  await expect(work).rejects.toMatchObject({ name: 'StoreError', code })
}

/** Order of UTF-8 bytes, which is not that of JavaScript's strings. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
