import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import Database from 'better-sqlite3'
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Coffer } from '../coffer.ts'
import { expect, test } from '../fixtures.ts'
import { modesOf, type Mode } from './modes.ts'

const KILLS = 15
const WRITERS = 5
const MIB = 2 ** 20

/** Replay a run with COFFER_TEST_SEED. */
const seed = Number(process.env['COFFER_TEST_SEED'] ?? Date.now() % 1_000_000)

/** mulberry32 */
function randomFrom(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Content that its name proves: no bookkeeping of bytes. */
function contentOf(name: string, size: number): Buffer {
  const content = Buffer.alloc(size, createHash('sha256').update(name).digest())
  content.write(name.slice(0, Math.min(size, 64)))
  return content
}

interface Acknowledged {
  mode: Mode
  size: number
}

/** What a writer knows of one key: the last acknowledged write, and the one that may or may not have happened. */
interface KeyState {
  acknowledged: (Acknowledged & { version: number }) | undefined
  attempted: (Acknowledged & { version: number }) | undefined
}

test('a killed server loses nothing acknowledged and shows nothing half-written', async () => {
  test.setTimeout(300_000)
  console.warn(`kill.spec: seed ${seed}`)
  const random = randomFrom(seed)
  const coffer = await Coffer.start()
  const Bucket = 'killed'
  const keys = new Map<string, KeyState>()
  let acknowledged = 0
  try {
    await coffer.makeAdministrator()
    const credentials = await coffer.accessKey()
    const modes = modesOf(await coffer.projectKey())
    const client = (): S3Client =>
      new S3Client({
        endpoint: coffer.objectUrl,
        region: 'us-east-1',
        forcePathStyle: true,
        credentials,
        maxAttempts: 1,
      })
    await client().send(new CreateBucketCommand({ Bucket }))

    const write = async (
      s3: S3Client,
      Key: string,
      version: number,
      mode: Mode,
      size: number,
    ): Promise<void> => {
      const content = contentOf(`${Key}#${version}`, size)
      if (size <= 5 * MIB) {
        await s3.send(new PutObjectCommand({ Bucket, Key, Body: content, ...mode.write }))
        return
      }
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...mode.write }))
      const Parts = []
      for (const [i, Body] of [content.subarray(0, 5 * MIB), content.subarray(5 * MIB)].entries()) {
        const { ETag } = await s3.send(
          new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: i + 1, Body, ...mode.read }),
        )
        Parts.push({ ETag, PartNumber: i + 1 })
      }
      await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }))
    }

    const writer = async (number: number, round: number): Promise<void> => {
      const s3 = client()
      for (let version = 1; ; version++) {
        const Key = `${number}/${Math.floor(random() * 6)}`
        const mode = modes[Math.floor(random() * modes.length)]!
        const size =
          random() < 0.1 ? 5 * MIB + Math.floor(random() * 100_000) : Math.floor(random() * 200_000)
        const state = keys.get(Key) ?? { acknowledged: undefined, attempted: undefined }
        keys.set(Key, state)
        state.attempted = { mode, size, version: round * 1_000_000 + version }
        try {
          await write(s3, Key, state.attempted.version, mode, size)
        } catch {
          s3.destroy()
          return
        }
        state.acknowledged = state.attempted
        state.attempted = undefined
        acknowledged++
      }
    }

    for (let round = 1; round <= KILLS; round++) {
      const writers = Array.from({ length: WRITERS }, (_, number) => writer(number, round))
      await new Promise((resolve) => setTimeout(resolve, 150 + random() * 500))
      await coffer.kill9()
      await Promise.all(writers)
      await coffer.start()
      expect(readdirSync(join(coffer.dataDir, 'blobs', 'tmp'))).toEqual([])
      await expect.poll(() => blobsOnDisk(coffer)).toEqual(blobsNamed(coffer))
      const s3 = client()
      for (const [Key, state] of keys) await verify(s3, Bucket, Key, state)
      const listed =
        (await s3.send(new ListObjectsV2Command({ Bucket }))).Contents?.map(({ Key }) => Key) ?? []
      const known = [...keys].filter(([, state]) => state.acknowledged !== undefined).map(([Key]) => Key)
      expect(listed).toEqual([...known].sort())
      s3.destroy()
    }
    console.warn(
      `${KILLS} kills, ${acknowledged} writes acknowledged, ${keys.size} keys, 0 lost (seed ${seed})`,
    )
    expect(acknowledged).toBeGreaterThan(KILLS)
  } finally {
    await coffer.destroy()
  }
})

function blobsOnDisk(coffer: Coffer): string[] {
  const files = readdirSync(join(coffer.dataDir, 'blobs'), { recursive: true, withFileTypes: true })
  return files
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .filter((name) => name !== 'label.json')
    .sort()
}

/** The blobs that some row of the database names; all others are orphans, which every start sweeps. */
function blobsNamed(coffer: Coffer): string[] {
  const database = new Database(join(coffer.dataDir, 'coffer.db'), { readonly: true })
  try {
    const rows = database.prepare(
      'SELECT blob_id FROM part WHERE inline IS NULL UNION SELECT blob_id FROM garbage ORDER BY blob_id',
    )
    return rows.pluck().all() as string[]
  } finally {
    database.close()
  }
}

/** The key reads as its last acknowledged version, or as the one that was under way when the server died. */
async function verify(s3: S3Client, Bucket: string, Key: string, state: KeyState): Promise<void> {
  const candidates = [state.attempted, state.acknowledged].filter((candidate) => candidate !== undefined)
  const errors: unknown[] = []
  for (const candidate of candidates) {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ...candidate.mode.read }))
      const bytes = Buffer.from(await Body!.transformToByteArray())
      if (!bytes.equals(contentOf(`${Key}#${candidate.version}`, candidate.size))) continue
      state.acknowledged = candidate
      state.attempted = undefined
      return
    } catch (error) {
      errors.push(error)
    }
  }
  if (
    state.acknowledged === undefined &&
    errors.every((error) => error instanceof Error && error.name === 'NoSuchKey')
  ) {
    state.attempted = undefined
    return
  }
  throw new Error(`${Key} reads as none of its possible versions`, { cause: errors })
}
