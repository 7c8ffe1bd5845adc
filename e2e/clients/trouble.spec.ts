import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Coffer } from '../coffer.ts'
import { bucketName, expect, s3Client, test } from '../fixtures.ts'

const MIB = 2 ** 20

function blobFiles(coffer: Coffer): string[] {
  return readdirSync(join(coffer.dataDir, 'blobs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'label.json')
    .map((entry) => join(entry.parentPath, entry.name))
}

async function newBucket(s3: S3Client): Promise<string> {
  const Bucket = bucketName('trouble')
  await s3.send(new CreateBucketCommand({ Bucket }))
  return Bucket
}

test('an upload whose client goes away leaves nothing', async () => {
  const coffer = await Coffer.start()
  try {
    await coffer.makeAdministrator()
    const s3 = s3Client(coffer, await coffer.accessKey())
    const Bucket = await newBucket(s3)
    const address = new URL(
      await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'lost' }), {
        unhoistableHeaders: new Set(),
      }),
    )
    const request = httpRequest(address, { method: 'PUT', headers: { 'content-length': 64 * MIB } })
    request.on('error', () => undefined)
    request.write(randomBytes(8 * MIB))
    await expect.poll(() => blobFiles(coffer).length).toBe(1)
    request.destroy()
    await expect.poll(() => blobFiles(coffer)).toEqual([])
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'lost' }))).rejects.toMatchObject({
      name: 'NotFound',
    })
  } finally {
    await coffer.destroy()
  }
})

test('an upload of the console that its page gives up is no failure in the log', async ({ coffer, s3 }) => {
  const bucket = await newBucket(s3)
  const address = new URL(`/api/buckets/${bucket}/upload`, coffer.consoleUrl)
  address.search = new URLSearchParams({ project: coffer.projectId, key: 'given-up' }).toString()
  const headers = { origin: coffer.consoleUrl, cookie: coffer.cookie, 'content-length': 64 * MIB }
  const [before, blobs] = [coffer.log.length, blobFiles(coffer)]
  const request = httpRequest(address, { method: 'PUT', headers })
  request.on('error', () => undefined)
  request.write(randomBytes(8 * MIB))
  await expect.poll(() => blobFiles(coffer).length).toBeGreaterThan(blobs.length)
  request.destroy()
  await expect.poll(() => blobFiles(coffer)).toEqual(blobs)
  expect(coffer.log.slice(before)).toBe('')
})

test('downloads whose clients go away leave no open file', async ({ coffer, s3 }) => {
  const Bucket = await newBucket(s3)
  await s3.send(
    new PutObjectCommand({
      Bucket,
      Key: 'large',
      Body: randomBytes(24 * MIB),
      ServerSideEncryption: 'aws:kms',
    }),
  )
  const address = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'large' }))
  const openBlobs = (): number =>
    execFileSync('ls', ['-l', `/proc/${coffer.pid}/fd`])
      .toString()
      .split('\n')
      .filter((line) => /blobs\/[0-9a-f]{2}\/[0-9a-f]{32}$/.test(line)).length
  let seenOpen = 0
  for (let i = 0; i < 10; i++) {
    await new Promise<void>((resolve) => {
      const request = httpRequest(address, (response) =>
        response.once('data', () => {
          response.pause()
          seenOpen = Math.max(seenOpen, openBlobs())
          request.destroy()
        }),
      )
      request.once('close', () => resolve())
      request.on('error', () => undefined)
      request.end()
    })
  }
  expect(seenOpen).toBeGreaterThan(0)
  await expect.poll(openBlobs).toBe(0)
})

test('an upload that may not go ahead is refused before it is asked for', async ({ coffer, s3 }) => {
  const Bucket = await newBucket(s3)
  const allowed = new URL(await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'asked' })))
  const refused = new URL(allowed)
  refused.searchParams.set('X-Amz-Signature', '0'.repeat(64))
  const answerTo = (address: URL): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(coffer.objectPort, '127.0.0.1')
      socket.once('data', (first) => {
        resolve(first.toString().split('\r\n')[0]!)
        socket.destroy()
      })
      socket.once('error', reject)
      socket.write(
        `PUT ${address.pathname}${address.search} HTTP/1.1\r\nHost: ${address.host}\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n`,
      )
    })
  expect(await answerTo(allowed)).toBe('HTTP/1.1 100 Continue')
  expect(await answerTo(refused)).toMatch(/^HTTP\/1.1 403 /)
})

/** Gives `folder` a disk of its own. @throws when this user may not mount one */
function mountSmallDisk(folder: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', folder], { stdio: 'ignore' })
}

function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-mount-'))
  try {
    mountSmallDisk(folder)
    execFileSync('umount', [folder])
    return true
  } catch {
    return false
  } finally {
    rmdirSync(folder)
  }
}

if (mayMount())
  test(
    'a full disk refuses new uploads, loses nothing acknowledged, and is used again when there is room',
    fullDisk,
  )
else
  console.warn(
    'trouble.spec: no disk can be mounted here; lib/blobs/filesystem-faults.test.ts alone tests a full one',
  )

async function fullDisk(): Promise<void> {
  const disk = mkdtempSync(join(tmpdir(), 'coffer-disk-'))
  mountSmallDisk(disk)
  const coffer = await Coffer.start({ COFFER_DATA_DIR: join(disk, 'data') })
  try {
    await coffer.makeAdministrator()
    const s3 = s3Client(coffer, await coffer.accessKey())
    const Bucket = await newBucket(s3)
    const kept = new Map<string, Buffer>()
    let refusals = 0
    for (let i = 0; refusals < 3 && i < 60; i++) {
      const Body = randomBytes(3 * MIB)
      try {
        await s3.send(new PutObjectCommand({ Bucket, Key: `${i}`, Body, ServerSideEncryption: 'aws:kms' }))
        kept.set(`${i}`, Body)
      } catch (error) {
        expect(
          (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode,
        ).toBeGreaterThanOrEqual(500)
        refusals++
      }
    }
    expect(refusals).toBe(3)
    for (const Key of [...kept.keys()].slice(0, 2)) {
      await s3.send(new DeleteObjectCommand({ Bucket, Key }))
      kept.delete(Key)
    }
    for (const [Key, content] of kept) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
      expect(Buffer.from(await Body!.transformToByteArray()).equals(content)).toBe(true)
    }
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(kept.size)
    execFileSync('mount', ['-o', 'remount,size=80m', disk])
    await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: 'again',
        Body: randomBytes(3 * MIB),
        ServerSideEncryption: 'AES256',
      }),
    )
    await coffer.kill9()
    await coffer.start()
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(kept.size + 1)
  } finally {
    await coffer.destroy()
    execFileSync('umount', ['-l', disk])
    rmSync(disk, { recursive: true, force: true })
  }
}
