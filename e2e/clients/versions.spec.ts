import * as S3 from '@aws-sdk/client-s3'
import { randomBytes } from 'node:crypto'
import { bucketName, expect, test } from '../fixtures.ts'

const MIB = 2 ** 20

/** Status, code and the headers that tell of a version, of a request that fails. */
async function failure(work: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await work
  } catch (error) {
    const { name, $metadata, $response } = error as Error & {
      $metadata: { httpStatusCode: number }
      $response?: { headers: Record<string, string> }
    }
    const { 'x-amz-delete-marker': marker, 'x-amz-version-id': versionId, allow } = $response?.headers ?? {}
    return { code: name, status: $metadata.httpStatusCode, marker, versionId, allow }
  }
  throw new Error('It succeeded')
}

test('versions: kept, listed, hidden under a marker, brought back, deleted for good', async ({ s3 }) => {
  const Bucket = bucketName('versions')
  const at = { Bucket, Key: 'a key/é' }
  const put = async (Body: string) => (await s3.send(new S3.PutObjectCommand({ ...at, Body }))).VersionId
  const read = async (VersionId?: string) =>
    (await s3.send(new S3.GetObjectCommand({ ...at, VersionId }))).Body!.transformToString()
  await s3.send(new S3.CreateBucketCommand({ Bucket }))
  expect((await s3.send(new S3.GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined()
  expect(await put('before')).toBeUndefined()
  const VersioningConfiguration = { Status: 'Enabled' } as const
  await s3.send(new S3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration }))
  expect((await s3.send(new S3.GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled')

  const [one, two] = [await put('one'), await put('two')]
  expect([await read(), await read(one), await read(two), await read('null')]).toEqual([
    'two',
    'one',
    'two',
    'before',
  ])
  const deleted = await s3.send(new S3.DeleteObjectCommand(at))
  expect(deleted.DeleteMarker).toBe(true)
  const VersionId = deleted.VersionId!
  const hidden = { status: 404, marker: 'true', versionId: VersionId }
  expect(await failure(read())).toMatchObject({ code: 'NoSuchKey', ...hidden })
  expect(await failure(s3.send(new S3.HeadObjectCommand(at)))).toMatchObject(hidden)
  expect(await failure(read(VersionId))).toMatchObject({
    code: 'MethodNotAllowed',
    status: 405,
    marker: 'true',
    allow: 'DELETE',
  })
  expect((await s3.send(new S3.ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0)

  const listed: (string | undefined)[] = []
  for await (const page of pages(s3, Bucket, 2))
    listed.push(...[...(page.DeleteMarkers ?? []), ...(page.Versions ?? [])].map((entry) => entry.VersionId))
  expect(new Set(listed)).toEqual(new Set([VersionId, two, one, 'null']))
  expect(listed).toHaveLength(4)

  await s3.send(new S3.DeleteObjectCommand({ ...at, VersionId }))
  expect(await read()).toBe('two')
  const CopySource = `${Bucket}/${encodeURIComponent(at.Key)}?versionId=${one}`
  const copied = await s3.send(new S3.CopyObjectCommand({ ...at, CopySource }))
  expect(copied.CopySourceVersionId).toBe(one)
  expect(await read(copied.VersionId)).toBe('one')

  expect(await failure(s3.send(new S3.DeleteBucketCommand({ Bucket })))).toMatchObject({
    code: 'BucketNotEmpty',
  })
  for await (const page of pages(s3, Bucket, 2)) {
    const Objects = (page.Versions ?? []).map(({ Key, VersionId }) => ({ Key, VersionId }))
    const answer = await s3.send(new S3.DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
    expect(answer.Errors).toBeUndefined()
    expect(answer.Deleted).toHaveLength(Objects.length)
  }
  await s3.send(new S3.DeleteBucketCommand({ Bucket }))
})

/** As clients go through a long listing: on from the markers of the page before, whatever happened to them. */
async function* pages(s3: S3.S3Client, Bucket: string, MaxKeys: number) {
  let page: S3.ListObjectVersionsCommandOutput | undefined
  do {
    page = await s3.send(
      new S3.ListObjectVersionsCommand({
        Bucket,
        MaxKeys,
        KeyMarker: page?.NextKeyMarker,
        VersionIdMarker: page?.NextVersionIdMarker,
      }),
    )
    yield page
  } while (page.IsTruncated)
}

test('versions: an upload in parts is one, under a managed key, too', async ({ s3 }) => {
  const Bucket = bucketName('parts')
  const at = { Bucket, Key: 'large' }
  await s3.send(new S3.CreateBucketCommand({ Bucket }))
  const VersioningConfiguration = { Status: 'Enabled' } as const
  await s3.send(new S3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration }))
  const older = await s3.send(
    new S3.PutObjectCommand({ ...at, Body: 'small', ServerSideEncryption: 'AES256' }),
  )
  const [first, second] = [randomBytes(5 * MIB), randomBytes(MIB)]
  const { UploadId } = await s3.send(
    new S3.CreateMultipartUploadCommand({ ...at, ServerSideEncryption: 'aws:kms' }),
  )
  const Parts = []
  for (const [i, Body] of [first, second].entries()) {
    const part = { ...at, UploadId, PartNumber: i + 1 }
    const { ETag, ChecksumCRC32 } = await s3.send(new S3.UploadPartCommand({ ...part, Body }))
    Parts.push({ ETag, ChecksumCRC32, PartNumber: i + 1 })
  }
  const { VersionId } = await s3.send(
    new S3.CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }),
  )
  const whole = await s3.send(new S3.GetObjectCommand({ ...at, VersionId }))
  expect(whole).toMatchObject({ VersionId, ServerSideEncryption: 'aws:kms' })
  expect(Buffer.from(await whole.Body!.transformToByteArray()).equals(Buffer.concat([first, second]))).toBe(
    true,
  )
  const before = await s3.send(new S3.GetObjectCommand({ ...at, VersionId: older.VersionId }))
  expect(await before.Body!.transformToString()).toBe('small')
})

test('archive: refused until it is restored, and moved back by a copy', async ({ s3 }) => {
  const Bucket = bucketName('archive')
  const at = { Bucket, Key: 'cold' }
  await s3.send(new S3.CreateBucketCommand({ Bucket }))
  await s3.send(new S3.PutObjectCommand({ ...at, Body: 'frozen', StorageClass: 'GLACIER' }))
  const CopySource = `${Bucket}/cold`
  const warm = { Bucket, Key: 'warm', CopySource, StorageClass: 'STANDARD' } as const
  const refused = { code: 'InvalidObjectState', status: 403 }
  expect(await failure(s3.send(new S3.GetObjectCommand(at)))).toMatchObject(refused)
  expect(await failure(s3.send(new S3.CopyObjectCommand(warm)))).toMatchObject(refused)
  expect((await s3.send(new S3.HeadObjectCommand(at))).StorageClass).toBe('GLACIER')
  const RestoreRequest = { Days: 1, GlacierJobParameters: { Tier: 'Standard' } } as const
  const restored = await s3.send(new S3.RestoreObjectCommand({ ...at, RestoreRequest }))
  expect(restored.$metadata.httpStatusCode).toBe(202)
  const again = await s3.send(new S3.RestoreObjectCommand({ ...at, RestoreRequest }))
  expect(again.$metadata.httpStatusCode).toBe(200)
  const { Restore } = await s3.send(new S3.HeadObjectCommand(at))
  expect(Restore).toMatch(/^ongoing-request="false", expiry-date="\w{3}, \d\d \w{3} \d{4} 00:00:00 GMT"$/)
  const { Body } = await s3.send(new S3.GetObjectCommand(at))
  expect(await Body!.transformToString()).toBe('frozen')
  await s3.send(new S3.CopyObjectCommand(warm))
  expect((await s3.send(new S3.HeadObjectCommand(warm))).StorageClass).toBeUndefined()
})

test('object lock: held, retained, bypassed by him who may', async ({ s3 }) => {
  const Bucket = bucketName('locked')
  const at = { Bucket, Key: 'record' }
  await s3.send(new S3.CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }))
  const Rule = { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } } as const
  const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled', Rule } as const
  await s3.send(new S3.PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }))
  expect(await s3.send(new S3.GetObjectLockConfigurationCommand({ Bucket }))).toMatchObject({
    ObjectLockConfiguration,
  })
  const { VersionId } = await s3.send(
    new S3.PutObjectCommand({ ...at, Body: 'kept', ObjectLockLegalHoldStatus: 'ON' }),
  )
  const head = await s3.send(new S3.HeadObjectCommand(at))
  expect(head).toMatchObject({ ObjectLockMode: 'GOVERNANCE', ObjectLockLegalHoldStatus: 'ON' })
  const version = { ...at, VersionId }
  const bypassing = { ...version, BypassGovernanceRetention: true }
  const refused = { code: 'AccessDenied', status: 403 }
  expect(await failure(s3.send(new S3.DeleteObjectCommand(bypassing)))).toMatchObject(refused)
  await s3.send(new S3.PutObjectLegalHoldCommand({ ...version, LegalHold: { Status: 'OFF' } }))
  expect(await failure(s3.send(new S3.DeleteObjectCommand(version)))).toMatchObject(refused)
  const RetainUntilDate = new Date(Date.now() + 2 * 86_400_000)
  const Retention = { Mode: 'GOVERNANCE', RetainUntilDate } as const
  await s3.send(new S3.PutObjectRetentionCommand({ ...version, Retention }))
  expect((await s3.send(new S3.GetObjectRetentionCommand(version))).Retention).toEqual(Retention)
  const Delete = { Objects: [{ Key: at.Key, VersionId }] }
  const { Errors } = await s3.send(new S3.DeleteObjectsCommand({ Bucket, Delete }))
  expect(Errors).toMatchObject([{ Key: at.Key, VersionId, Code: 'AccessDenied' }])
  await s3.send(new S3.DeleteObjectCommand(bypassing))
  await s3.send(new S3.DeleteBucketCommand({ Bucket }))
})
