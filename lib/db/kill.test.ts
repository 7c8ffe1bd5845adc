import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase, type Database } from './database.ts'
import { newProject } from './db.test-support.ts'

const COMMITTER = fileURLToPath(new URL('commit-until-killed.test-support.ts', import.meta.url))
const BUCKET = 'bucket-id'
const ROUNDS = 12

interface Acknowledged {
  key: string
  objectId: string
  blobId: string
}

let dataDir: string
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'coffer-kill-'))
  const database = await openDatabase({ dataDir })
  await database.catalog.createBucket({
    bucketId: BUCKET,
    name: 'bucket',
    projectId: await newProject(database),
    region: 'r',
    createdAt: 0,
    encryption: undefined,
    customerKeysBlocked: false,
  })
  await database.close()
})
afterAll(() => rmSync(dataDir, { recursive: true }))

/** Runs the committing process and kills it some time after its first acknowledgement. */
async function acknowledgedBeforeKill(round: number, afterMs: number): Promise<Acknowledged[]> {
  const child = spawn(process.execPath, [COMMITTER, dataDir, BUCKET, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
  const exited = once(child, 'close')
  await once(child.stdout, 'data')
  setTimeout(() => child.kill('SIGKILL'), afterMs)
  const [, signal] = (await exited) as [number | null, string | null]
  expect(signal).toBe('SIGKILL')
  // The last line may be half.
  const lines = said
    .slice(0, said.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
  return lines.map((line) => JSON.parse(line) as Acknowledged)
}

/** Every key holds what was acknowledged last, or what was on its way when the process died. */
async function check({ catalog }: Database, acknowledged: readonly Acknowledged[]): Promise<void> {
  const last = new Map(acknowledged.map((entry) => [entry.key, entry]))
  const order = new Map(acknowledged.map(({ objectId }, i) => [objectId, i]))
  for (const [key, { objectId }] of last) {
    const row = await catalog.findObject(BUCKET, key)
    expect(row, key).toBeDefined()
    if (order.has(row!.objectId)) expect(row!.objectId).toBe(objectId)
    const parts = await catalog.parts(row!.objectId)
    expect(parts).toHaveLength(1)
    expect(await catalog.referenced([parts[0]!.blobId])).toEqual(new Set([parts[0]!.blobId]))
  }
  // A replaced blob is garbage and a current one is not: else it would leak, or be lost.
  const blobs = acknowledged.map(({ blobId }) => blobId)
  expect(await catalog.referenced(blobs)).toEqual(new Set(blobs))
  const { objects } = await catalog.list({
    bucketId: BUCKET,
    prefix: '',
    delimiter: '',
    after: '',
    limit: 1000,
  })
  const usage = await catalog.bucketUsage(BUCKET)
  expect(usage.objects).toBe(objects.length)
  expect(usage.bytes).toBe(objects.reduce((sum, { size }) => sum + size, 0))
}

test(`nothing acknowledged is lost over ${ROUNDS} kill -9`, { timeout: 120_000 }, async () => {
  const seed = Date.now() % 2 ** 31
  console.warn(`kill test: seed ${seed}`)
  const delays = fc.sample(fc.integer({ min: 0, max: 250 }), { seed, numRuns: ROUNDS })
  const acknowledged: Acknowledged[] = []
  for (const [round, delay] of delays.entries()) {
    acknowledged.push(...(await acknowledgedBeforeKill(round, delay)))
    const database = await openDatabase({ dataDir })
    await check(database, acknowledged)
    await database.close()
  }
  expect(acknowledged.length).toBeGreaterThan(ROUNDS * 10)
})
