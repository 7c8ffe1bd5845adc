import COS from 'cos-nodejs-sdk-v5'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Coffer, Credentials } from '../coffer.ts'
import { bucketName, expect, test } from '../fixtures.ts'
import { copySourceHeaders, cosModes, shownOf } from './cos-modes.ts'

/** Tencent's Node.js SDK on the object port, by the path style it can be led to. */
const Region = 'ap-guangzhou'

function client(coffer: Coffer, { accessKeyId, secretAccessKey }: Credentials): COS {
  return new COS({
    SecretId: accessKeyId,
    SecretKey: secretAccessKey,
    Protocol: 'http:',
    Domain: `127.0.0.1:${coffer.objectPort}/{Bucket}`,
    ServiceDomain: `127.0.0.1:${coffer.objectPort}`,
    SliceSize: 2 ** 20,
    ChunkSize: 2 ** 20,
  })
}

async function defaultKeyId(coffer: Coffer): Promise<string> {
  const answer = await coffer.request('GET', `/api/keys?names=1&project=${coffer.projectId}`)
  const { keys } = (await answer.json()) as { keys: { keyId: string; isDefault: boolean }[] }
  return keys.find(({ isDefault }) => isDefault)!.keyId
}

test('cos-nodejs-sdk: put, head, get, copy, multipart, list, delete in every mode', async ({
  coffer,
  credentials,
}) => {
  const cos = client(coffer, credentials)
  const Bucket = `${bucketName('cos')}-1250000000`
  await cos.putBucket({ Bucket, Region })
  const folder = mkdtempSync(join(tmpdir(), 'coffer-cos-'))
  const large = randomBytes(2_500_000)
  const FilePath = join(folder, 'large.bin')
  writeFileSync(FilePath, large)
  for (const mode of cosModes(await defaultKeyId(coffer)))
    await test.step(mode.name, async () => {
      const { write, read } = mode
      // the SDK writes into the object it is given
      const asked = () => ({ ...write, Headers: { ...mode.headers } })
      const at = { Bucket, Region, Key: `文件/${mode.name}.txt` }
      const put = await cos.putObject({ ...at, Body: '[Object Content]', ...asked() })
      const head = await cos.headObject({ ...at, ...read })
      const got = await cos.getObject({ ...at, ...read })
      expect(got.Body.toString()).toBe('[Object Content]')
      for (const answer of [put, head, got]) {
        expect(shownOf(answer.headers)).toEqual(mode.shown)
        expect(answer.headers?.['x-cos-hash-crc64ecma']).toBe('16749565679157681890')
        expect(answer.ETag === '"ee8de918d05640145b18f70f4c3aa602"').toBe(mode.etagIsMd5)
      }
      const CopySource = `${Bucket}.cos.${Region}.myqcloud.com/${encodeURIComponent(at.Key)}`
      const copy = { ...at, Key: `copy/${mode.name}` }
      const Headers = { ...mode.headers, ...copySourceHeaders(read) }
      const copied = await cos.putObjectCopy({ ...copy, CopySource, ...write, Headers })
      expect(shownOf(copied.headers)).toEqual(mode.shown)
      expect((await cos.getObject({ ...copy, ...read })).Body.toString()).toBe('[Object Content]')
      const big = { ...at, Key: `large/${mode.name}` }
      // Looks for an upload to go on with, and repeats the SSE header with every part, but not a customer's key: with
      // one, COS's page says to call each step.
      if ('SSECustomerKey' in read) await uploadByHand(cos, big, large, write)
      else await cos.sliceUploadFile({ ...big, FilePath, ...asked() })
      const back = await cos.getObject({ ...big, ...read })
      expect(back.Body.equals(large)).toBe(true)
      expect(shownOf(back.headers)).toEqual(mode.shown)
      expect(back.ETag).toMatch(/-3"$/)
    })
  const listed = await cos.getBucket({ Bucket, Region, Prefix: 'large/', MaxKeys: 1000 })
  expect(listed.Contents.map(({ Size }) => Size)).toEqual(Array<string>(7).fill('2500000'))
  const Objects = (await cos.getBucket({ Bucket, Region })).Contents.map(({ Key }) => ({ Key }))
  const deleted = await cos.deleteMultipleObject({ Bucket, Region, Objects })
  expect(deleted.Error).toEqual([])
  expect((await cos.getBucket({ Bucket, Region })).Contents).toEqual([])
  expect((await cos.getService()).Buckets.map(({ Name }) => Name)).toContain(Bucket)
  await cos.deleteBucket({ Bucket, Region })
  rmSync(folder, { recursive: true })
})

async function uploadByHand(
  cos: COS,
  at: { Bucket: string; Region: string; Key: string },
  bytes: Buffer,
  write: Record<string, string>,
): Promise<void> {
  const { UploadId } = await cos.multipartInit({ ...at, ...write })
  const Parts: COS.Part[] = []
  for (let start = 0; start < bytes.length; start += 2 ** 20) {
    const PartNumber = Parts.length + 1
    const Body = bytes.subarray(start, start + 2 ** 20)
    const { ETag } = await cos.multipartUpload({ ...at, UploadId, PartNumber, Body, ...write })
    Parts.push({ PartNumber, ETag })
  }
  await cos.multipartComplete({ ...at, UploadId, Parts })
}

test('the samples of COS’s page on server-side encryption, as printed but for endpoint and keys', async ({
  coffer,
  credentials,
}) => {
  const cos = client(coffer, credentials)
  const Bucket = `${bucketName('examplebucket')}-1250000000`
  await cos.putBucket({ Bucket, Region })
  const put = (more: Partial<COS.PutObjectParams>) =>
    cos.putObject({ Bucket, Region, Key: '1.jpg', Body: 'hello!', ...more })
  const read = async (more: object = {}) => {
    const { Body, headers } = await cos.getObject({ Bucket, Region, Key: '1.jpg', ...more })
    return [Body.toString(), shownOf(headers)['']]
  }
  await put({ ServerSideEncryption: 'AES-256' })
  expect(await read()).toEqual(['hello!', 'AES256'])
  const own = { SSECustomerKey: 'MDEyMzQ1Njc4OUFCQ0RFRjAxMjM0NTY3ODlBQkNERUY' }
  await put(own)
  expect(await read(own)).toEqual(['hello!', undefined])
  await put({
    ServerSideEncryption: 'cos/kms',
    SSEKMSKeyId: await defaultKeyId(coffer),
    SSEContext: 'eyJhIjoiYXNkZmEiLCJiIjoiMTIzMzIxIn0=',
  })
  expect(await read()).toEqual(['hello!', 'cos/kms'])
})
