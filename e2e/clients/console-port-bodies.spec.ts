import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { readdirSync, readlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Coffer, Credentials } from '../coffer.ts'
import { bucketName, expect, test } from '../fixtures.ts'

const SIZE = 8 * 2 ** 20
const TIMES = 20
/** ms after its request when a client goes: before the answer is made, while it is, and at random beyond */
const MOMENTS = [0, 1, 3, 6, 15]

/** Blobs that the server holds open; their folders it keeps for their syncs. */
function openBlobs({ pid, dataDir }: Coffer): string[] {
  const folder = `/proc/${pid}/fd`
  const linked = (name: string): string => {
    try {
      return readlinkSync(join(folder, name))
    } catch {
      // closed since the folder was read
      return ''
    }
  }
  return readdirSync(folder)
    .map(linked)
    .filter((path) => path.startsWith(join(dataDir, 'blobs')) && /[0-9a-f]{32}$/.test(path))
}

/** Sends a GET and goes away. */
function askAndLeave({ host, hostname, port, pathname, search }: URL, cookie: string, after: number) {
  return new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\n\r\n`)
      setTimeout(() => socket.destroy(), after)
    })
    socket.on('error', () => undefined).on('close', () => resolve())
  })
}

/** Where a HEAD and a GET of an object go, by each route of the console's port that sends objects. */
const ROUTES = {
  download: async ({ consoleUrl, projectId }: Coffer, _: Credentials, bucket: string) => {
    const url = `${consoleUrl}/api/buckets/${bucket}/download?project=${projectId}&key=a`
    return { head: url, get: url }
  },
  objects: async ({ consoleUrl }: Coffer, credentials: Credentials, Bucket: string) => {
    const endpoint = `${consoleUrl}/objects`
    const door = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
    const at = { Bucket, Key: 'a' }
    return {
      head: await getSignedUrl(door, new HeadObjectCommand(at)),
      get: await getSignedUrl(door, new GetObjectCommand(at)),
    }
  },
}

for (const route of ['download', 'objects'] as const) {
  test(`${route}: no blob stays open after HEAD, nor when the client leaves`, async ({
    coffer,
    credentials,
    s3,
  }) => {
    const Bucket = bucketName('bodies')
    await s3.send(new CreateBucketCommand({ Bucket }))
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: Buffer.alloc(SIZE, 1) }))
    const { head, get } = await ROUTES[route](coffer, credentials, Bucket)
    const headers = { cookie: coffer.cookie }
    for (let i = 0; i < TIMES; i++) {
      const told = await fetch(head, { method: 'HEAD', headers })
      expect([told.status, told.headers.get('content-length')]).toEqual([200, String(SIZE)])
    }
    for (const after of MOMENTS)
      for (let i = 0; i < TIMES; i++) await askAndLeave(new URL(get), coffer.cookie, after)
    // What was asked before it has been begun by now.
    const whole = await fetch(get, { headers })
    // Browsers tell by it how much is left.
    expect(whole.headers.get('content-length')).toBe(String(SIZE))
    expect((await whole.arrayBuffer()).byteLength).toBe(SIZE)
    await expect.poll(() => openBlobs(coffer)).toEqual([])
  })
}
