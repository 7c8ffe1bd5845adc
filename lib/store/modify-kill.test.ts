import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { collectGarbage } from '../jobs/collect-garbage.ts'
import { sweepOrphans } from '../jobs/sweep-orphans.ts'
import { openStoreIn, OWNER } from './reopened-store.test-support.ts'
import { bodyOf, CHUNK, collect, METADATA, SECURE } from './store.test-support.ts'

const CHANGER = fileURLToPath(new URL('rewrite-until-killed.test-support.ts', import.meta.url))
const ROUNDS = 12
const BUCKET = 'bucket'
const CONTENT = {
  small: randomBytes(1000),
  large: randomBytes(9 * CHUNK + 3),
  parts: randomBytes(5 * 2 ** 20 + 1000),
}
const KEYS = Object.keys(CONTENT) as (keyof typeof CONTENT)[]

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-modify-kill-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Stores the objects; says their ETags. */
async function store(): Promise<Map<string, string>> {
  const opened = await openStoreIn(folder)
  const own = [OWNER, SECURE] as const
  await opened.store.run({ name: 'CreateBucket', bucket: BUCKET }, ...own)
  const fresh = {
    metadata: METADATA,
    storageClass: 'STANDARD',
    tags: {},
    encryption: { kind: 'none' },
  } as const
  const etags = new Map<string, string>()
  for (const key of ['small', 'large'] as const) {
    const bytes = CONTENT[key]
    const body = { body: bodyOf(bytes), contentLength: bytes.length, checks: {}, conditions: {} }
    const written = await opened.store.run(
      { name: 'PutObject', bucket: BUCKET, key, ...fresh, ...body },
      ...own,
    )
    etags.set(key, written.etag)
  }
  const at = { bucket: BUCKET, key: 'parts' }
  const { uploadId } = await opened.store.run({ name: 'CreateMultipartUpload', ...at, ...fresh }, ...own)
  const parts: { number: number; etag: string }[] = []
  for (const bytes of [CONTENT.parts.subarray(0, -1000), CONTENT.parts.subarray(-1000)]) {
    const number = parts.length + 1
    const body = { body: bodyOf(bytes), contentLength: bytes.length, checks: {} }
    const part = { name: 'UploadPart', ...at, uploadId, partNumber: number, ...body } as const
    parts.push({ number, etag: (await opened.store.run(part, ...own)).etag })
  }
  const end = { name: 'CompleteMultipartUpload', ...at, uploadId, parts, conditions: {} } as const
  etags.set('parts', (await opened.store.run(end, ...own)).etag)
  await opened.close()
  return etags
}

/** Runs the changing process and kills it some time after its first acknowledgement. */
async function changeUntilKilled(afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [CHANGER, folder, BUCKET], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
  const exited = once(child, 'close') as Promise<[number | null, string | null]>
  await Promise.race([once(child.stdout, 'data'), exited])
  setTimeout(() => child.kill('SIGKILL'), afterMs)
  expect((await exited)[1]).toBe('SIGKILL')
  return said.split('\n').length - 1
}

async function checkAll(etags: ReadonlyMap<string, string>): Promise<void> {
  const opened = await openStoreIn(folder)
  for (const key of KEYS) {
    const get = { name: 'GetObject', bucket: BUCKET, key, conditions: {} } as const
    const { object, body } = await opened.store.run(get, OWNER, SECURE)
    expect((await collect(body)).equals(CONTENT[key]), key).toBe(true)
    expect(object.etag).toBe(etags.get(key))
  }
  await opened.close()
}

/** What died on its way is swept, what was replaced is collected; all that is left, and all that the objects name. */
async function leftAndNamed(): Promise<{ left: string[]; named: string[] }> {
  const { deps, close } = await openStoreIn(folder)
  await deps.blobs.recover()
  await sweepOrphans({ ...deps, graceMs: 0 })
  await collectGarbage({ ...deps, now: () => Date.now() + 1000 })
  const left: string[] = []
  for await (const { id } of deps.blobs.list()) left.push(id)
  const { bucketId } = (await deps.catalog.findBucket(BUCKET))!
  const named: string[] = []
  for (const key of KEYS) {
    const row = (await deps.catalog.findObject(bucketId, key))!
    for (const { blobId, inline } of await deps.catalog.parts(row.objectId)) if (!inline) named.push(blobId)
  }
  expect(await deps.catalog.bucketUsage(bucketId)).toMatchObject({ objects: KEYS.length })
  await close()
  return { left: left.sort(), named: named.sort() }
}

test(
  `every object is whole after each of ${ROUNDS} kill -9 during changes of its encryption`,
  { timeout: 240_000 },
  async () => {
    const seed = Date.now() % 2 ** 31
    console.warn(`kill test of changes: seed ${seed}`)
    const etags = await store()
    let changes = 0
    for (const delay of fc.sample(fc.integer({ min: 0, max: 400 }), { seed, numRuns: ROUNDS })) {
      changes += await changeUntilKilled(delay)
      await checkAll(etags)
    }
    expect(changes).toBeGreaterThan(ROUNDS)
    const { left, named } = await leftAndNamed()
    expect(left).toEqual(named)
  },
)
