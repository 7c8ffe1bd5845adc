import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { collectGarbage } from '../jobs/collect-garbage.ts'
import { sweepOrphans } from '../jobs/sweep-orphans.ts'
import { appendedBytes } from './append-log.test-support.ts'
import { openStoreIn, OWNER } from './reopened-store.test-support.ts'
import { collect, SECURE } from './store.test-support.ts'

const APPENDER = fileURLToPath(new URL('append-until-killed.test-support.ts', import.meta.url))
const ROUNDS = 6
const BUCKET = 'bucket'
const KEYS = ['plain', 'sealed', 'managed']

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-append-kill-'))
  const { store, close } = await openStoreIn(folder)
  await store.run({ name: 'CreateBucket', bucket: BUCKET }, OWNER, SECURE)
  await close()
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Lengths that were acknowledged before the process was killed, some time after the first of them. */
async function appendUntilKilled(afterMs: number): Promise<Map<string, number>> {
  const child = spawn(process.execPath, [APPENDER, folder, BUCKET], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
  const exited = once(child, 'close') as Promise<[number | null, string | null]>
  await Promise.race([once(child.stdout, 'data'), exited])
  setTimeout(() => child.kill('SIGKILL'), afterMs)
  expect((await exited)[1]).toBe('SIGKILL')
  const lines = said.split('\n').slice(0, -1)
  return new Map(
    lines.map((line) => line.split(' ') as [string, string]).map(([key, to]) => [key, Number(to)]),
  )
}

/** Every object reads as the content of its length, which is at least what was acknowledged, and is checked as whole. */
async function check(acknowledged: ReadonlyMap<string, number>): Promise<void> {
  const { store, close } = await openStoreIn(folder)
  for (const [key, length] of acknowledged) {
    const get = { name: 'GetObject', bucket: BUCKET, key, conditions: {} } as const
    const { object, body } = await store.run(get, OWNER, SECURE)
    const bytes = await collect(body)
    expect(object.size).toBeGreaterThanOrEqual(length)
    expect(bytes.equals(appendedBytes(0, object.size)), key).toBe(true)
    const verified = await store.run({ name: 'VerifyObject', bucket: BUCKET, key }, OWNER, SECURE)
    expect(verified.damage).toEqual([])
  }
  await close()
}

test(
  `nothing acknowledged is lost in ${ROUNDS} kill -9 during appends, and nothing is left behind`,
  { timeout: 240_000 },
  async () => {
    const seed = Date.now() % 2 ** 31
    console.warn(`kill test of appends: seed ${seed}`)
    const all = new Map<string, number>()
    for (const delay of fc.sample(fc.integer({ min: 0, max: 300 }), { seed, numRuns: ROUNDS })) {
      for (const [key, length] of await appendUntilKilled(delay)) all.set(key, length)
      await check(all)
    }
    expect([...all.keys()].sort()).toEqual([...KEYS].sort())

    const { deps, close } = await openStoreIn(folder)
    await deps.blobs.recover()
    await sweepOrphans({ ...deps, graceMs: 0 })
    await collectGarbage({ ...deps, now: () => Date.now() + 1000 })
    const left: string[] = []
    for await (const { id } of deps.blobs.list()) left.push(id)
    const { bucketId } = (await deps.catalog.findBucket(BUCKET))!
    const named: string[] = []
    let bytes = 0
    for (const key of KEYS) {
      const row = (await deps.catalog.findObject(bucketId, key))!
      bytes += row.size
      for (const { blobId, inline } of await deps.catalog.parts(row.objectId)) if (!inline) named.push(blobId)
    }
    expect(left.sort()).toEqual(named.sort())
    expect(await deps.catalog.bucketUsage(bucketId)).toMatchObject({ objects: KEYS.length, bytes })
    await close()
  },
)
