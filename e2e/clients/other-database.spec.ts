import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Coffer } from '../coffer.ts'
import { bucketName, expect, s3Client, test } from '../fixtures.ts'

const put = (s3: S3Client, Bucket: string, Key: string) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: `of ${Key}` }))
const read = async (s3: S3Client, Bucket: string, Key: string) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString()

const blobsOf = (coffer: Coffer): string[] =>
  readdirSync(join(coffer.dataDir, 'blobs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /[0-9a-f]{32}$/.test(name),
  )

/** Takes the database out of the data folder, with its log. */
function takeDatabase(coffer: Coffer, name: string): string {
  const place = join(coffer.folder, name)
  mkdirSync(place)
  for (const file of readdirSync(coffer.dataDir).filter((file) => file.startsWith('coffer.db')))
    renameSync(join(coffer.dataDir, file), join(place, file))
  return place
}

function putDatabase(coffer: Coffer, place: string): void {
  for (const file of readdirSync(coffer.dataDir).filter((file) => file.startsWith('coffer.db')))
    rmSync(join(coffer.dataDir, file))
  cpSync(place, coffer.dataDir, { recursive: true })
}

test('files whose database was lost, or is an older one, wait until the right one is back', async () => {
  const coffer = await Coffer.start()
  try {
    await coffer.makeAdministrator()
    const credentials = await coffer.accessKey()
    const s3 = s3Client(coffer, credentials)
    const Bucket = bucketName('lineage')
    await s3.send(new CreateBucketCommand({ Bucket }))
    await put(s3, Bucket, 'first')
    await coffer.stop()
    const older = takeDatabase(coffer, 'older')
    const kept = blobsOf(coffer)
    expect(kept).toHaveLength(1)

    await expect(coffer.start()).rejects.toThrow('holds files that this database does not know')
    expect(blobsOf(coffer)).toEqual(kept)

    putDatabase(coffer, older)
    await coffer.start()
    await put(s3, Bucket, 'second')
    await coffer.kill9()
    const newer = takeDatabase(coffer, 'newer')

    putDatabase(coffer, older)
    await coffer.start()
    expect(coffer.log).toContain('The database is older than the files that lie beside it.')
    expect(await read(s3, Bucket, 'first')).toBe('of first')
    await expect(read(s3, Bucket, 'second')).rejects.toThrow('does not exist')
    await coffer.stop()

    putDatabase(coffer, newer)
    await coffer.start()
    expect(await read(s3, Bucket, 'second')).toBe('of second')
    expect(blobsOf(coffer)).toHaveLength(2)
  } finally {
    await coffer.destroy()
  }
})
