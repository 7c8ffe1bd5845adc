import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../db/database.ts'
import type { LifecycleRule } from '../store/lifecycle-model.ts'
import { bodyOf, METADATA, SECURE } from '../store/store.test-support.ts'
import { openStoreIn, OWNER } from '../store/reopened-store.test-support.ts'
import { isObjectVersion } from '../store/version-ids.ts'
import { collectGarbage } from './collect-garbage.ts'

const EXPIRER = fileURLToPath(new URL('expire-until-killed.test-support.ts', import.meta.url))
const BUCKET = 'bucket'
const KEYS = 600
/** Most rounds; the job is mostly done before. */
const ROUNDS = 5
const KEPT_EVERY = 5
const DAY = 86_400_000

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-lifecycle-kill-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Two versions of each key, of which the older is to go, and of most the newer as well. */
async function fill(): Promise<void> {
  const { store, close } = await openStoreIn(folder)
  const own = [OWNER, SECURE] as const
  await store.run({ name: 'CreateBucket', bucket: BUCKET }, ...own)
  await store.run({ name: 'PutBucketVersioning', bucket: BUCKET, state: 'Enabled' }, ...own)
  const put = async (i: number): Promise<void> => {
    const bytes = Buffer.alloc(50, i)
    const tags: Record<string, string> = i % KEPT_EVERY === 0 ? {} : { temporary: 'yes' }
    const fresh = { metadata: METADATA, storageClass: 'STANDARD', tags, checks: {}, conditions: {} }
    const body = { body: bodyOf(bytes), contentLength: bytes.length, encryption: { kind: 'none' } as const }
    const key = `k/${String(i).padStart(5, '0')}`
    await store.run({ name: 'PutObject', bucket: BUCKET, key, ...fresh, ...body }, ...own)
  }
  for (let round = 0; round < 2; round++)
    for (let i = 0; i < KEYS; i += 50) await Promise.all(Array.from({ length: 50 }, (_, j) => put(i + j)))
  const rules: LifecycleRule[] = [
    { id: 'old', enabled: true, filter: { prefix: 'k/', tags: {} }, noncurrentExpiration: { days: 1 } },
    {
      id: 'temporary',
      enabled: true,
      filter: { prefix: '', tags: { temporary: 'yes' } },
      expiration: { days: 1 },
    },
  ]
  await store.run({ name: 'PutBucketLifecycle', bucket: BUCKET, configuration: { rules } }, ...own)
  await close()
}

/** Killed as soon as it has said so many acts; what it said, and whether it came to its end before. */
async function expireUntilKilled(now: number, acts: number): Promise<{ acts: number; done: boolean }> {
  const child = spawn(process.execPath, [EXPIRER, join(folder, 'data'), String(now)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  const count = (): number => said.split('\n').length - 1
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk
    if (count() >= acts) child.kill('SIGKILL')
  })
  const [code] = (await once(child, 'close')) as [number | null]
  expect(code ?? 0, 'killed or done, not failed').toBe(0)
  return { acts: count(), done: said.includes('"done"') }
}

/** At every moment: the counters are those of the rows, and no current version that was to stay is gone. */
async function check(): Promise<{ versions: number; markers: number }> {
  const database = await openDatabase({ dataDir: join(folder, 'data') })
  const { catalog } = database
  const { bucketId } = (await catalog.findBucket(BUCKET))!
  const all = { bucketId, prefix: '', delimiter: '', afterKey: '', afterVersionId: '', limit: 10 * KEYS }
  const { versions } = await catalog.listVersions(all)
  const objects = versions.flatMap(({ version }) => (isObjectVersion(version) ? [version] : []))
  const usage = await catalog.bucketUsage(bucketId)
  expect(usage.objects).toBe(objects.length)
  expect(usage.bytes).toBe(objects.length * 50)
  const kept = versions.filter(
    ({ version, isLatest }) => isLatest && isObjectVersion(version) && Object.keys(version.tags).length === 0,
  )
  expect(kept).toHaveLength(KEYS / KEPT_EVERY)
  // A key that was given a marker got one, however often the job began anew.
  const markers = versions.filter(({ version }) => !isObjectVersion(version))
  expect(new Set(markers.map(({ version }) => version.key)).size).toBe(markers.length)
  await database.close()
  return { versions: objects.length, markers: markers.length }
}

test('kill -9 anywhere: the next process goes on, nothing happens twice', { timeout: 240_000 }, async () => {
  const seed = Date.now() % 2 ** 31
  console.warn(`lifecycle kill test: seed ${seed}`)
  await fill()
  // Due at the midnight after the next: one day, rounded up.
  const now = (Math.floor(Date.now() / DAY) + 3) * DAY
  const database = await openDatabase({ dataDir: join(folder, 'data') })
  await database.lifecycle.keepRun({ slot: 0, finished: true })
  await database.close()
  let [acts, kills] = [0, 0]
  for (const killAfter of fc.sample(fc.integer({ min: 1, max: 120 }), { seed, numRuns: ROUNDS })) {
    const round = await expireUntilKilled(now, killAfter)
    await check()
    acts += round.acts
    if (round.done) break
    kills += 1
  }
  console.warn(`lifecycle kill test: ${kills} kills, ${acts} acts said`)
  expect((await expireUntilKilled(now, Infinity)).done).toBe(true)
  expect(kills).toBeGreaterThan(0)
  const expired = KEYS - KEYS / KEPT_EVERY
  // The versions under the new markers become noncurrent with them: their day is not over.
  expect(await check()).toEqual({ versions: KEYS, markers: expired })
  const { deps: opened, close: end } = await openStoreIn(folder)
  await collectGarbage({ ...opened, now: () => Date.now() + 1000 })
  let blobs = 0
  for await (const { id } of opened.blobs.list()) if (id) blobs += 1
  expect(blobs).toBe(KEYS)
  await end()
})
