import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Coffer, ADMINISTRATOR } from '../coffer.ts'
import { expect, s3Client, test } from '../fixtures.ts'
import { customerKey, modesOf } from './modes.ts'

const MIB = 2 ** 20

/** Every file below a folder, whole: database, write-ahead log, temporary files and blobs. */
function bytesBelow(folder: string): Map<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return new Map(
    files.map((entry) => [
      join(entry.parentPath, entry.name),
      readFileSync(join(entry.parentPath, entry.name)),
    ]),
  )
}

function found(needles: Map<string, Buffer>, folder: string, log: string): string[] {
  const places = [...bytesBelow(folder), ['log', Buffer.from(log)] as const]
  return places.flatMap(([place, bytes]) =>
    [...needles].filter(([, needle]) => bytes.includes(needle)).map(([what]) => `${what} in ${place}`),
  )
}

test('what was encrypted lies nowhere in the clear: content, digests, keys and secrets', async () => {
  test.setTimeout(120_000)
  const coffer = await Coffer.start()
  try {
    await coffer.makeAdministrator()
    const credentials = await coffer.accessKey()
    const s3 = s3Client(coffer, credentials)
    const Bucket = 'marked'
    await s3.send(new CreateBucketCommand({ Bucket }))
    const needles = new Map<string, Buffer>()
    const mark = (what: string, size: number): Buffer => {
      const marker = randomBytes(24).toString('hex')
      const content = Buffer.alloc(size, `${marker} `)
      needles.set(`content of ${what}`, Buffer.from(marker))
      const md5 = createHash('md5').update(content).digest()
      for (const form of ['hex', 'base64'] as const)
        needles.set(`MD5 of ${what} as ${form}`, Buffer.from(md5.toString(form)))
      needles.set(`MD5 of ${what}`, md5)
      return content
    }
    for (const mode of modesOf(await coffer.projectKey()).filter(({ name }) => name !== 'none')) {
      await s3.send(
        new PutObjectCommand({
          Bucket,
          Key: mode.name,
          Body: mark(`${mode.name}, small`, 4000),
          ...mode.write,
        }),
      )
      await s3.send(
        new PutObjectCommand({
          Bucket,
          Key: `${mode.name}/l`,
          Body: mark(`${mode.name}, large`, 3 * MIB),
          ...mode.write,
        }),
      )
      const { UploadId } = await s3.send(
        new CreateMultipartUploadCommand({ Bucket, Key: `${mode.name}/m`, ...mode.write }),
      )
      const Parts = []
      for (const PartNumber of [1, 2]) {
        const Body = mark(`${mode.name}, part ${PartNumber}`, 5 * MIB)
        const { ETag } = await s3.send(
          new UploadPartCommand({ Bucket, Key: `${mode.name}/m`, UploadId, PartNumber, Body, ...mode.read }),
        )
        Parts.push({ PartNumber, ETag })
      }
      // One upload of each mode stays open: its parts must be no less sealed.
      if (!mode.name.includes('alias'))
        await s3.send(
          new CompleteMultipartUploadCommand({
            Bucket,
            Key: `${mode.name}/m`,
            UploadId,
            MultipartUpload: { Parts },
          }),
        )
    }
    for (const suite of ['AES256', 'SM4']) {
      const path = `/api/buckets/${Bucket}/upload?project=${coffer.projectId}&key=console-${suite}&encryption=managed-key&suite=${suite}`
      await coffer.request('PUT', path, mark(`the console, ${suite}`, 200_000))
    }
    const own = randomBytes(32)
    await s3.send(
      new PutObjectCommand({ Bucket, Key: 'own', Body: mark('SSE-C', 5000), ...customerKey(own) }),
    )
    needles.set('customer key', own)
    needles.set('customer key in base64', Buffer.from(own.toString('base64')))
    needles.set('MD5 of the customer key', createHash('md5').update(own).digest())
    needles.set('secret access key', Buffer.from(credentials.secretAccessKey))
    needles.set('password', Buffer.from(ADMINISTRATOR.password))
    needles.set(
      'welcome token',
      Buffer.from(new URL(coffer.welcomeUrl).searchParams.get('token') ?? 'absent'),
    )
    const control = Buffer.from(`plaintext control ${randomBytes(16).toString('hex')}`)
    await s3.send(new PutObjectCommand({ Bucket, Key: 'control', Body: control }))

    const printedLink = /http:\S+\/welcome\?token=\S+/g
    expect(found(needles, coffer.dataDir, coffer.log.replace(printedLink, ''))).toEqual([])
    await coffer.stop()
    expect(found(needles, coffer.dataDir, coffer.log.replace(printedLink, ''))).toEqual([])
    // The search itself works: what nobody asked to encrypt is found.
    expect(found(new Map([['control', control]]), coffer.dataDir, '')).toHaveLength(1)
    s3.destroy()
  } finally {
    await coffer.destroy()
  }
})
