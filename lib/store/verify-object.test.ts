import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ciphertextBytes } from '../crypto/segments.ts'
import { HashPool } from './hash-pool.ts'
import { complete, initiate, uploadInParts, uploadPart } from './multipart.test-support.ts'
import type { VerifyObject } from './operations.ts'
import {
  caller,
  CHUNK,
  ENCRYPTED,
  INSECURE,
  keyFor,
  METHODS,
  named,
  openBench,
  put,
  run,
  SECURE,
  type Bench,
  type Method,
} from './store.test-support.ts'
import { isProven, type VerifiedObject, type VerifyStep } from './verdict.ts'

let bench: Bench
beforeAll(async () => (bench = await openBench()))
afterAll(() => bench.dispose())

const MIB = 2 ** 20
const SIZES = [0, 1, 16 * 1024 + 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 100]

const verify = (key: string, method: Method, changes: Partial<VerifyObject> = {}): Promise<VerifiedObject> =>
  run(bench, { name: 'VerifyObject', bucket: bench.bucket, key, ...keyFor(method), ...changes })

const stateOf = ({ steps }: VerifiedObject, wanted: VerifyStep) =>
  steps.find(({ step }) => step === wanted)!.state

async function partsOf(key: string) {
  const { bucketId } = (await bench.deps.catalog.findBucket(bench.bucket))!
  const { objectId } = (await bench.deps.catalog.findObject(bucketId, key))!
  return { objectId, parts: await bench.deps.catalog.parts(objectId) }
}

const pathOf = (blobId: string): string => join(bench.blobFolder, blobId.slice(0, 2), blobId)

const openFindings = async () =>
  bench.database.integrity.findings({
    projectId: bench.projectId,
    homeless: false,
    state: 'open',
    search: '',
    before: Number.MAX_SAFE_INTEGER,
    limit: 1000,
  })

describe.each(named(ENCRYPTED))('an object stored with %s', (name, method) => {
  test('passes every step, at the edges of chunks and in rows and files', async () => {
    for (const size of SIZES) {
      const key = `whole/${name}/${size}`
      const bytes = randomBytes(size)
      await put(bench, key, bytes, { encryption: method.encryption })
      const verified = await verify(key, method)
      expect(verified.damage).toEqual([])
      expect(isProven(verified)).toBe(true)
      expect(verified.steps.map(({ state }) => state)).toEqual(Array(7).fill('passed'))
      const stored = ciphertextBytes(method.suite!, 16, size)
      expect(verified).toMatchObject({ storedBytes: stored, blobs: 1, chunkLog2: 16 })
      expect(verified.chunks).toBe(Math.floor(size / CHUNK) + 1)
      expect(verified.encryption).toMatchObject({ mode: method.mode, suite: method.suite })

      const { parts } = await partsOf(key)
      const { blobId, inline } = parts[0]!
      const blob = inline ?? readFileSync(pathOf(blobId))
      const sha256 = createHash('sha256').update(blob).digest('hex')
      const place = inline ? 'row' : 'file'
      expect(verified.digests).toEqual([{ part: 1, place, blobId, bytes: stored, sha256 }])

      const { sample } = verified
      expect(sample!.bytes).toEqual(blob.subarray(sample!.offset, sample!.offset + sample!.bytes.length))
      expect(sample!.offset).toBeGreaterThanOrEqual(88)
      expect(sample).toMatchObject({ searched: size, found: false })
      if (size > 0) expect(bytes.includes(sample!.bytes)).toBe(false)
      if (size >= CHUNK) expect(sample!.bitsPerByte).toBeGreaterThan(7.9)
    }
    expect(await openFindings()).toEqual([])
  })

  test('of several parts passes, and each part that does not is named with its chunk', async () => {
    const key = `parts/${name}`
    const sizes = [5 * MIB, 5 * MIB, 100]
    await uploadInParts(bench, key, randomBytes(10 * MIB + 100), sizes, method)
    const whole = await verify(key, method)
    expect(isProven(whole)).toBe(true)
    expect(whole.digests).toHaveLength(3)
    expect(whole.chunks).toBe(81 + 81 + 1)

    const { parts } = await partsOf(key)
    const [, second, third] = parts
    const tag = method.suite === 'AES256' ? 16 : 32
    flip(pathOf(second!.blobId), 88 + 7 * (CHUNK + tag) + 5)
    flip(pathOf(third!.blobId), 88 + 99)
    const verified = await verify(key, method)
    expect(verified.damage).toEqual([
      {
        step: 'chunks',
        what: 'chunk',
        part: 2,
        blobId: second!.blobId,
        chunk: 7,
        offset: 88 + 7 * (CHUNK + tag),
      },
      { step: 'chunks', what: 'chunk', part: 3, blobId: third!.blobId, chunk: 0, offset: 88 },
    ])
    expect(stateOf(verified, 'checksums')).toBe('not-checked')
    expect(isProven(verified)).toBe(false)
    // What lies there is digested all the same: it is what somebody will compare.
    expect(verified.digests[1]!.sha256).toBe(sha256Of(pathOf(second!.blobId)))
    expect(await openFindings()).toMatchObject([{ key, damageCount: 2, foundBy: 'check' }])

    flip(pathOf(second!.blobId), 88 + 7 * (CHUNK + tag) + 5)
    flip(pathOf(third!.blobId), 88 + 99)
    expect(isProven(await verify(key, method))).toBe(true)
    expect(await openFindings()).toEqual([])
  })

  test('missing, short, long and unreadable blobs are told apart', async () => {
    const key = `blob/${name}`
    await put(bench, key, randomBytes(2 * CHUNK + 7), { encryption: method.encryption })
    const { parts } = await partsOf(key)
    const path = pathOf(parts[0]!.blobId)
    const bytes = readFileSync(path)
    const first = async () => (await verify(key, method)).damage[0]

    renameSync(path, `${path}.away`)
    expect(await first()).toMatchObject({ step: 'blobs', what: 'blob-missing', part: 1 })
    renameSync(`${path}.away`, path)
    truncateSync(path, bytes.length - 10)
    expect(await first()).toMatchObject({ what: 'blob-short', offset: bytes.length - 10 })
    truncateSync(path, 0)
    expect(await first()).toMatchObject({ what: 'blob-short', offset: 0 })
    writeFileSync(path, Buffer.concat([bytes, Buffer.of(0)]))
    expect(await first()).toMatchObject({ what: 'blob-long', offset: bytes.length })
    writeFileSync(path, bytes)
    flip(path, 30)
    expect(await first()).toMatchObject({ step: 'blobs', what: 'header', offset: 0 })
    writeFileSync(path, bytes)
    expect(isProven(await verify(key, method))).toBe(true)
  })
})

test('a plaintext object is compared with its checksums and said not to be encrypted', async () => {
  const [none] = METHODS
  for (const size of [0, 1, CHUNK, 300_000]) {
    const key = `plain/${size}`
    await put(bench, key, randomBytes(size), { encryption: none!.encryption })
    const verified = await verify(key, none!)
    expect(verified.encryption).toEqual({ mode: 'none' })
    expect(isProven(verified)).toBe(true)
    expect(stateOf(verified, 'checksums')).toBe('passed')
    for (const step of ['key', 'object', 'chunks'] as const)
      expect(stateOf(verified, step)).toBe('not-applicable')
    // Its stored bytes are its content: no digest of them, no sample.
    expect(verified).toMatchObject({ digests: [], sample: undefined, storedBytes: size })
    if (size === 0) continue
    const { parts } = await partsOf(key)
    flip(pathOf(parts[0]!.blobId), size >> 1)
    const damaged = await verify(key, none!)
    expect(damaged.damage[0]).toMatchObject({ step: 'checksums', what: 'checksum', part: 1 })
    expect(isProven(damaged)).toBe(false)
  }
})

test('of a plaintext object in parts the changed part is named', async () => {
  const [none] = METHODS
  await uploadInParts(bench, 'plain/parts', randomBytes(10 * MIB), [5 * MIB, 5 * MIB], none!)
  expect(isProven(await verify('plain/parts', none!))).toBe(true)
  const { parts } = await partsOf('plain/parts')
  flip(pathOf(parts[1]!.blobId), 3 * MIB)
  const { damage } = await verify('plain/parts', none!)
  expect(damage[0]).toMatchObject({ what: 'checksum', part: 2, blobId: parts[1]!.blobId })
})

test('with digests on other threads, damage in one part neither hangs the check nor hides another', async () => {
  const pool = new HashPool({ threads: 1 })
  const pooled = await openBench({ hashPool: pool })
  const own = bench
  try {
    bench = pooled
    for (const method of [METHODS[0]!, ENCRYPTED[0]!]) {
      const key = `pooled/${method.name}`
      await uploadInParts(bench, key, randomBytes(16 * MIB), [6 * MIB, 5 * MIB, 5 * MIB], method)
      expect(isProven(await verify(key, method))).toBe(true)
      const { parts } = await partsOf(key)
      for (const part of parts.slice(0, 2)) flip(pathOf(part.blobId), 3 * MIB)
      for (let i = 0; i < 12; i++)
        expect((await verify(key, method)).damage.map(({ part }) => part)).toEqual(
          method.mode === 'none' ? [1, 2, undefined] : [1, 2],
        )
    }
  } finally {
    bench = own
    await pooled.dispose()
    await pool.close()
  }
})

test('composite checksums are computed anew from the parts', async () => {
  const checksum = (bytes: Buffer) => ({
    checks: {
      checksum: {
        algorithm: 'sha256' as const,
        expected: () => createHash('sha256').update(bytes).digest('base64'),
      },
    },
  })
  for (const method of [METHODS[0]!, ENCRYPTED[0]!]) {
    const key = `composite/${method.name}`
    const pieces = [randomBytes(5 * MIB), randomBytes(10)]
    const wanted = { checksumAlgorithm: 'sha256', checksumType: 'COMPOSITE' } as const
    const uploadId = await initiate(bench, key, method, wanted)
    const parts = []
    for (const [index, bytes] of pieces.entries()) {
      const changes = { ...checksum(bytes), ...keyFor(method) }
      const { etag } = await uploadPart(bench, key, uploadId, index + 1, bytes, changes)
      parts.push({ number: index + 1, etag })
    }
    await complete(bench, key, uploadId, parts)
    const verified = await verify(key, method)
    expect(verified.damage).toEqual([])
    expect(stateOf(verified, 'checksums')).toBe('passed')
  }
  const { parts } = await partsOf('composite/none')
  flip(pathOf(parts[0]!.blobId), 77)
  const { damage } = await verify('composite/none', METHODS[0]!)
  expect(damage.map(({ what, part }) => [what, part])).toEqual([
    ['checksum', 1],
    ['checksum', undefined],
  ])
})

test('without the customer’s key only presence, sizes and headers are vouched for', async () => {
  const method = METHODS.find(({ mode, suite }) => mode === 'customer-key' && suite === 'AES256')!
  await put(bench, 'customer', randomBytes(CHUNK), { encryption: method.encryption })
  const without = () => verify('customer', METHODS[0]!)
  const verified = await without()
  expect(verified).toMatchObject({ keyWithheld: 'CustomerKeyRequired', damage: [], chunks: 0 })
  expect(stateOf(verified, 'blobs')).toBe('passed')
  for (const step of ['key', 'object', 'parts', 'chunks', 'checksums'] as const)
    expect(stateOf(verified, step)).toBe('not-checked')
  expect(isProven(verified)).toBe(false)
  // The plaintext was not there to be searched, and that is what it says.
  expect(verified.sample).toMatchObject({ searched: 0, found: false })

  const { parts } = await partsOf('customer')
  const path = pathOf(parts[0]!.blobId)
  flip(path, 40)
  expect((await without()).damage).toMatchObject([{ what: 'header' }])
  flip(path, 40)
  // A chunk it cannot see.
  flip(path, 500)
  expect((await without()).damage).toEqual([])
  expect((await verify('customer', method)).damage).toMatchObject([{ what: 'chunk', chunk: 0 }])
  // A look without the key does not close what only the key can tell.
  await without()
  expect((await openFindings()).map(({ key }) => key)).toContain('customer')
  flip(path, 500)
  await verify('customer', method)
  expect((await openFindings()).map(({ key }) => key)).not.toContain('customer')
})

test('a wrong customer key, and one over an open wire, are refused', async () => {
  const method = METHODS.find(({ mode, suite }) => mode === 'customer-key' && suite === 'AES256')!
  await put(bench, 'refused', randomBytes(5), { encryption: method.encryption })
  const customerKey = { suite: 'AES256', key: randomBytes(32) } as const
  await expect(verify('refused', method, { customerKey })).rejects.toMatchObject({ code: 'WrongCustomerKey' })
  const operation = { name: 'VerifyObject', bucket: bench.bucket, key: 'refused', ...keyFor(method) } as const
  const asked = bench.store.run(operation, caller(bench.projectId), INSECURE)
  await expect(asked).rejects.toMatchObject({ code: 'CustomerKeyOverInsecureTransport' })
})

test('takes the rights to read the object and to use its key', async () => {
  const method = METHODS.find(({ mode }) => mode === 'managed-key')!
  await put(bench, 'rights', randomBytes(5), { encryption: method.encryption })
  const as = (role: 'reader' | 'auditor', projectId = bench.projectId) =>
    bench.store.run(
      { name: 'VerifyObject', bucket: bench.bucket, key: 'rights' },
      caller(projectId, role),
      SECURE,
    )
  expect(isProven(await as('reader'))).toBe(true)
  await expect(as('auditor')).rejects.toMatchObject({ code: 'AccessDenied' })
  await expect(as('reader', bench.otherProjectId)).rejects.toMatchObject({ code: 'AccessDenied' })
  await expect(verify('absent', method)).rejects.toMatchObject({ code: 'NoSuchKey' })
  const uses = bench.audit.events.filter(
    ({ action, objectKey }) => action === 'kms:Decrypt' && objectKey === 'rights',
  )
  expect(uses.map(({ result }) => result)).toContain('Success')
})

test('says how far it is, and ends when its client is gone', async () => {
  const method = ENCRYPTED[0]!
  await put(bench, 'progress', randomBytes(2 * MIB), { encryption: method.encryption })
  const told: number[] = []
  await verify('progress', method, { onProgress: (read, size) => told.push(read, size) })
  expect(told.slice(-2)).toEqual([ciphertextBytes('AES256', 16, 2 * MIB), 2 * MIB])
  const gone = new AbortController()
  const operation = {
    name: 'VerifyObject',
    bucket: bench.bucket,
    key: 'progress',
    onProgress: () => gone.abort(),
  } as const
  const running = bench.store.run(operation, caller(bench.projectId), { ...SECURE, signal: gone.signal })
  await expect(running).rejects.toMatchObject({ code: 'ClientDisconnected' })
})

test('an object replaced while it is checked is no damage', async () => {
  const method = ENCRYPTED[0]!
  const key = 'replaced'
  await put(bench, key, randomBytes(40 * CHUNK), { encryption: method.encryption })
  const before = await partsOf(key)
  let replaced: Promise<unknown> | undefined
  const onProgress = (): void => {
    replaced ??= put(bench, key, randomBytes(100_000), { encryption: method.encryption })
  }
  const verified = await verify(key, method, { onProgress })
  await replaced
  expect(isProven(verified)).toBe(true)
  // It was held: whichever was read was read to its end.
  expect(existsSync(pathOf(before.parts[0]!.blobId))).toBe(true)
  expect((await openFindings()).map((finding) => finding.key)).not.toContain(key)
})

function flip(path: string, position: number): void {
  const bytes = readFileSync(path)
  bytes[position]! ^= 1
  writeFileSync(path, bytes)
}

function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
