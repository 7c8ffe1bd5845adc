import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import SqliteDatabase from 'better-sqlite3'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CustomerKey, EncryptionChoice } from '../store/encryption-model.ts'
import { ORIGIN, openBatchBench, putMany, untilState, type BatchBench } from './batch.test-support.ts'
import type { JobResult } from './model.ts'

const WORKER = fileURLToPath(new URL('work-until-killed.test-support.ts', import.meta.url))
const BUCKET = 'killed'
const KILLS = 20
/** COFFER_TEST_JOB_OBJECTS=100000 for the whole figure; fewer here, so that the suite stays quick. */
const OBJECTS = Number(process.env['COFFER_TEST_JOB_OBJECTS'] ?? 20_000)
/** Throttled so that the job is still at it at the last kill. */
const LONGEST_RUN_MS = 500
const THROTTLE = { objectsPerSecond: Math.ceil((OBJECTS / KILLS / LONGEST_RUN_MS) * 1000) }

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'coffer-batch-kill-'))))
afterAll(() => rmSync(folder, { recursive: true }))

interface Kind {
  prefix: string
  count: number
  encryption: EncryptionChoice
  bytes?: number
  /** of each object, the last one current */
  versions?: number
  becomes: JobResult['outcome']
}

const customerKey: CustomerKey = { suite: 'AES256', key: randomBytes(32) }

/** Whatever a job meets; what is left over of all objects is re-wrapped. */
function kinds(from: string, to: string): Kind[] {
  const managed = { kind: 'managed-key', suite: 'AES256', context: { team: 'a' } } as const
  const few = Math.ceil(OBJECTS / 100)
  return [
    { prefix: 'a/', count: 30 * few, encryption: { ...managed, keyRef: from }, becomes: 'rewrapped' },
    { prefix: 'b/', count: few, encryption: { kind: 'none' }, becomes: 'rewritten' },
    { prefix: 'c/', count: few, encryption: { kind: 'customer-key', ...customerKey }, becomes: 'failed' },
    { prefix: 'd/', count: OBJECTS - 39 * few, encryption: SERVICE, becomes: 'rewrapped' },
    { prefix: 'e/', count: few, encryption: { kind: 'service-key', suite: 'SM4' }, becomes: 'rewritten' },
    { prefix: 'f/', count: few, encryption: SERVICE, bytes: 20_000, becomes: 'rewrapped' },
    { prefix: 'g/', count: 2 * few, encryption: { ...managed, keyRef: to }, becomes: 'unchanged' },
    { prefix: 'v/', count: few, encryption: SERVICE, versions: 3, becomes: 'rewrapped' },
  ]
}
const SERVICE: EncryptionChoice = { kind: 'service-key', suite: 'AES256' }

interface Seen {
  etag: string
  lastModified: number
  /** how it is encrypted, and by which key */
  mode: string
  keyId: string | undefined
  /** SHA-256 of what it says */
  content: string
  /** SHA-256 of its rows of parts and of every byte of its blobs at rest */
  blobs: string
}

/** Every object version by key and version id: read and decrypted, and as it lies there. */
async function look({ run }: BatchBench): Promise<Map<string, Seen>> {
  const stored = new StoredBlobs()
  const seen = new Map<string, Seen>()
  let after: string | undefined
  do {
    const list = { name: 'FindObjects', bucket: BUCKET, filter: { versions: 'all' }, limit: 1000 } as const
    const page: Awaited<ReturnType<typeof run<'FindObjects'>>> = await run({ ...list, after })
    for (const { key, versionId, etag, lastModified, encryption } of page.objects) {
      const { mode } = encryption
      const keyId = mode === 'managed-key' ? encryption.keyId : undefined
      const { objectId, content } = await readWhole(run, { key, versionId }, mode === 'customer-key')
      const blobs = stored.of(objectId)
      seen.set(placeOf({ key, versionId }), { etag, lastModified, mode, keyId, content, blobs })
    }
    after = page.next
  } while (after !== undefined)
  stored.close()
  return seen
}

function placeOf({ key, versionId }: { key: string; versionId: string }): string {
  return `${key}?${versionId}`
}

async function readWhole(
  run: BatchBench['run'],
  at: { key: string; versionId: string },
  withKey: boolean,
): Promise<{ objectId: string; content: string }> {
  const get = { name: 'GetObject', bucket: BUCKET, ...at, conditions: {} } as const
  const { object, body } = await run({ ...get, ...(withKey && { customerKey }) })
  const hash = createHash('sha256')
  for await (const piece of body) hash.update(piece)
  return { objectId: object.objectId, content: hash.digest('hex') }
}

/** What lies on the disk, past the program. */
class StoredBlobs {
  readonly #db = new SqliteDatabase(join(folder, 'data', 'coffer.db'), { readonly: true })
  readonly #parts = this.#db.prepare<[string], Record<string, unknown>>(
    'SELECT * FROM part WHERE object_id = ? ORDER BY number',
  )

  of(objectId: string): string {
    const hash = createHash('sha256')
    for (const part of this.#parts.all(objectId)) {
      for (const value of Object.values(part))
        hash.update(Buffer.isBuffer(value) ? value : `${String(value)}\n`)
      if (part['inline'] === null) hash.update(readFileSync(this.#file(String(part['blob_id']))))
    }
    return hash.digest('hex')
  }

  #file(id: string): string {
    return join(folder, 'data', 'blobs', id.slice(0, 2), id)
  }

  close(): void {
    this.#db.close()
  }
}

async function prepare(): Promise<{ jobId: string; kinds: Kind[]; to: string; before: Map<string, Seen> }> {
  const bench = await openBatchBench(folder, { COFFER_SCRUB_DAYS: '0' })
  await bench.run({ name: 'CreateBucket', bucket: BUCKET })
  await bench.run({
    name: 'PutBucketEncryption',
    bucket: BUCKET,
    rule: { kind: 'none' },
    customerKeysBlocked: false,
  })
  const [from, to] = [await bench.newKey(), await bench.newKey()]
  const all = kinds(from, to)
  for (const kind of all.filter(({ versions }) => versions === undefined))
    await putMany(bench, { ...kind, bucket: BUCKET })
  // From here on it keeps versions; what lies there already has no id of its own.
  await bench.run({ name: 'PutBucketVersioning', bucket: BUCKET, state: 'Enabled' })
  for (const { versions = 0, ...kind } of all)
    for (let version = 0; version < versions; version += 1) await putMany(bench, { ...kind, bucket: BUCKET })
  const before = await look(bench)
  const target = { kind: 'managed-key', suite: 'AES256', keyRef: to, context: { team: 'a' } } as const
  const asked = {
    selection: { kind: 'filter', bucket: BUCKET, filter: { versions: 'all' } },
    target,
    throttle: THROTTLE,
  } as const
  const { jobId } = (await bench.system.batch.create(bench.owner, asked, ORIGIN)).job
  const { plan } = (await untilState(bench, jobId, 'Suspended')).job
  const amount = (becomes: Kind['becomes']): number =>
    all
      .filter((kind) => kind.becomes === becomes)
      .reduce((sum, { count, versions = 1 }) => sum + count * versions, 0)
  expect(plan).toMatchObject({
    complete: true,
    total: { objects: OBJECTS },
    unchanged: { objects: amount('unchanged') },
    rewrapped: { objects: amount('rewrapped') },
    rewritten: { objects: amount('rewritten') },
    cannot: { 'customer-key': { objects: amount('failed') } },
  })
  await bench.system.batch.act(bench.owner, jobId, 'confirm', ORIGIN)
  await bench.system.close()
  return { jobId, kinds: all, to, before }
}

/** Lets a process work at the job and kills it some time after it is there, or while it opens. */
async function workAndKill(jobId: string, afterMs: number, whileOpening: boolean): Promise<void> {
  const child = spawn(process.execPath, [WORKER, folder, jobId], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'close')
  if (!whileOpening) await once(child.stdout, 'data')
  setTimeout(() => child.kill('SIGKILL'), afterMs)
  const [, signal] = (await exited) as [number | null, string | null]
  expect(signal, 'the job was done before the last kill').toBe('SIGKILL')
}

async function workToTheEnd(jobId: string): Promise<void> {
  const child = spawn(process.execPath, [WORKER, folder, jobId, 'finish'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
  await once(child, 'close')
  expect(said).toBe('open\nComplete\n')
}

async function allResults({ system, owner }: BatchBench, jobId: string): Promise<JobResult[]> {
  const found: JobResult[] = []
  for (let after: Parameters<typeof system.batch.results>[2]['after']; ;) {
    const page = await system.batch.results(owner, jobId, { after, limit: 1000 }, ORIGIN)
    found.push(...page.results)
    if (page.next === undefined) return found
    after = page.next
  }
}

test(
  `${KILLS} kill -9 while ${OBJECTS} object versions are changed: each once, all readable, no blob touched by a re-wrap`,
  { timeout: 1_800_000 },
  async () => {
    const { jobId, kinds: all, to, before } = await prepare()
    const seed = Date.now() % 2 ** 31
    console.warn(`batch kill test: seed ${seed}, ${OBJECTS} objects`)
    const delays = fc.sample(fc.integer({ min: 0, max: LONGEST_RUN_MS }), { seed, numRuns: KILLS })
    for (const [round, delay] of delays.entries()) await workAndKill(jobId, delay, round % 5 === 4)
    await workToTheEnd(jobId)

    const bench = await openBatchBench(folder, { COFFER_SCRUB_DAYS: '0' })
    const results = await allResults(bench, jobId)
    const after = await look(bench)
    const { progress } = (await bench.system.batch.get(bench.owner, jobId, ORIGIN)).job
    await bench.system.close()

    expect(results.length).toBe(OBJECTS)
    const outcomes = new Map(results.map((result) => [placeOf(result), result.outcome]))
    expect(outcomes.size).toBe(OBJECTS)
    expect(after.size).toBe(OBJECTS)
    const counts = { unchanged: 0, rewrapped: 0, rewritten: 0, failed: 0 }
    const wrong: string[] = []
    for (const [place, was] of before) {
      const { becomes } = all.find(({ prefix }) => place.startsWith(prefix))!
      counts[becomes] += 1
      const is = after.get(place)!
      const changes = becomes === 'rewrapped' || becomes === 'rewritten'
      const right =
        outcomes.get(place) === becomes &&
        is.etag === was.etag &&
        is.lastModified === was.lastModified &&
        is.content === was.content &&
        (becomes === 'rewritten') === (is.blobs !== was.blobs) &&
        (changes ? is.keyId === to : is.mode === was.mode && is.keyId === was.keyId)
      if (!right) wrong.push(`${place}: ${outcomes.get(place)} ${JSON.stringify([was, is])}`)
    }
    expect(wrong.slice(0, 5)).toEqual([])
    expect(progress).toMatchObject(counts)
  },
)
