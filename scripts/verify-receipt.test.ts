import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rootFromSecret } from '../lib/keys/root/root-key.ts'
import { ReceiptKey } from '../lib/proof/receipt-key.ts'
import { createReceipts } from '../lib/proof/receipts.ts'
import { uploadInParts } from '../lib/store/multipart.test-support.ts'
import {
  ENCRYPTED,
  METHODS,
  openBench,
  put,
  run,
  type Bench,
  type Method,
} from '../lib/store/store.test-support.ts'
// @ts-expect-error -- plain JavaScript, run by whatever Node the machine has
import { genuineReceipt } from './verify-receipt.mjs'

const SCRIPT = fileURLToPath(new URL('verify-receipt.mjs', import.meta.url))
const MIB = 2 ** 20
const MARKER = 'the marker of this plaintext 0123456789'
const [SERVICE] = ENCRYPTED
const key = new ReceiptKey(rootFromSecret(Buffer.alloc(32, 7)))
const { fingerprint } = key.public
const wanted = Buffer.from(fingerprint, 'hex')

let bench: Bench
let folder: string
/** receipts by the name of what they are of */
const receipts: Record<string, string> = {}

beforeAll(async () => {
  bench = await openBench()
  folder = mkdtempSync(join(tmpdir(), 'coffer-receipts-'))
  const content = Buffer.from(MARKER.repeat(2000))
  await put(bench, 'file', content, { encryption: SERVICE!.encryption })
  await put(bench, 'inline �.txt', Buffer.from(MARKER), { encryption: SERVICE!.encryption })
  await put(bench, 'plain', content, { encryption: METHODS[0]!.encryption })
  await uploadInParts(bench, 'parts', randomBytes(10 * MIB), [5 * MIB, 5 * MIB], SERVICE!)
  for (const name of ['file', 'inline �.txt', 'plain', 'parts']) receipts[name] = await issue(name)
})
afterAll(async () => {
  await bench.dispose()
  rmSync(folder, { recursive: true })
})

async function issue(name: string, signer = key, method: Method = SERVICE!): Promise<string> {
  const audit = { record: () => undefined, flush: async () => undefined }
  const end = { sequence: 41, hash: Buffer.alloc(32, 3), at: 1_790_000_000_000 }
  const chain = { end: async () => end }
  const issuer = createReceipts({ key: signer, audit, chain, url: 'http://localhost:3000', now: Date.now })
  const key = method.customerKey ? { customerKey: method.customerKey } : {}
  const verified = await run(bench, { name: 'VerifyObject', bucket: bench.bucket, key: name, ...key })
  const to = {
    userId: 'u',
    name: 'Ada',
    projectId: bench.projectId,
    sourceAddress: undefined,
    requestId: 'r',
  }
  return issuer.issue(verified, to)
}

function verify(text: string, ...args: string[]): { code: number | null; out: string; err: string } {
  const file = join(folder, 'receipt.json')
  writeFileSync(file, text)
  const given = args.includes('--public-key') ? args : ['--public-key', fingerprint, ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, file, ...given], {
    encoding: 'utf8',
  })
  return { code: status, out: stdout, err: stderr }
}

const dataDir = (): string => join(bench.blobFolder, '..')

describe('a receipt', () => {
  test('is genuine by fingerprint and by the key’s file, and says what was checked', () => {
    const pem = join(folder, 'key.pem')
    writeFileSync(pem, key.public.pem)
    for (const args of [[], ['--public-key', pem], ['--public-key', fingerprint.toUpperCase()]]) {
      const { code, out } = verify(receipts['file']!, ...args)
      expect(out).toContain('The receipt is genuine')
      expect(out).toContain(`${bench.bucket}/file`)
      expect(out).toContain('service-key, AES256; 1 blobs')
      expect(out).toContain('41:0303')
      expect(code).toBe(0)
    }
  })

  test('comes under the same key from the same root, and under another from another', () => {
    expect(new ReceiptKey(rootFromSecret(Buffer.alloc(32, 7))).public).toEqual(key.public)
    expect(new ReceiptKey(rootFromSecret(Buffer.alloc(32, 8))).public.fingerprint).not.toBe(fingerprint)
  })

  test('with any byte changed, dropped or added is refused', () => {
    const text = Buffer.from(receipts['inline �.txt']!)
    expect(isGenuine(text)).toBe(true)
    const passed: string[] = []
    for (let at = 0; at < text.length; at++) {
      const [before, after] = [text.subarray(0, at), text.subarray(at + 1)]
      for (const bit of [1, 2, 4, 8, 16, 32, 64, 128])
        if (isGenuine(Buffer.concat([before, Buffer.of(text[at]! ^ bit), after])))
          passed.push(`${at}: ${bit}`)
      if (isGenuine(Buffer.concat([before, after]))) passed.push(`without ${at}`)
      if (isGenuine(Buffer.concat([before, Buffer.of(32), text.subarray(at)]))) passed.push(`space at ${at}`)
    }
    expect(passed).toEqual([])
    expect(isGenuine(Buffer.concat([text, Buffer.from('\n')]))).toBe(false)
  })

  test('of another key, or made up under an own one, is refused', async () => {
    const other = new ReceiptKey(rootFromSecret(Buffer.alloc(32, 9)))
    const forged = await issue('file', other)
    expect(verify(forged)).toMatchObject({ code: 1, err: expect.stringContaining('another key') })
    expect(verify(forged, '--public-key', other.public.fingerprint).code).toBe(0)
    // Signed by somebody else, under the name of the key that is asked for.
    const named = forged.replaceAll(other.public.fingerprint, fingerprint)
    expect(verify(named).code).toBe(1)
    const swapped = named.replace(other.public.publicKey, key.public.publicKey)
    expect(verify(swapped)).toMatchObject({ code: 1, err: expect.stringContaining('signature') })
  })

  test('nobody’s key is asked for: that is not how it is used', () => {
    const { status } = spawnSync(process.execPath, [SCRIPT, join(folder, 'receipt.json')])
    expect(status).toBe(2)
  })

  test('holds nothing of the content, and no secret', () => {
    for (const text of Object.values(receipts)) {
      expect(text).not.toContain(MARKER)
      for (const secret of [Buffer.alloc(32, 7)]) {
        expect(text).not.toContain(secret.toString('hex'))
        expect(text).not.toContain(secret.toString('base64'))
      }
    }
    // Not even what would confirm a guess: no digest of an unencrypted file, no ETag of an encrypted one.
    const content = Buffer.from(MARKER.repeat(2000))
    for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512'])
      for (const encoding of ['hex', 'base64'] as const) {
        const digest = createHash(algorithm).update(content).digest(encoding)
        expect(receipts['plain']).not.toContain(digest)
        expect(receipts['file']).not.toContain(digest)
      }
  })
})

describe('compared with the data', () => {
  test('files and rows are found as they were', () => {
    const files = verify(receipts['parts']!, '--data', dataDir())
    expect(files).toMatchObject({ code: 0, out: expect.stringContaining('2 stored blobs still are') })
    expect(verify(receipts['parts']!, '--data', bench.blobFolder).code).toBe(0)
    const rows = verify(receipts['inline �.txt']!, '--database', join(dataDir(), 'coffer.db'))
    expect(rows).toMatchObject({ code: 0, out: expect.stringContaining('1 stored blobs still are') })
  })

  test('what was not looked at is said, and is no success', () => {
    const copy = mkdtempSync(join(folder, 'blobs-'))
    const { code, out } = verify(receipts['inline �.txt']!, '--data', copy)
    expect(out).toContain('1 were not looked at')
    expect(code).toBe(1)
  })

  test('a changed, shortened or missing blob is told', () => {
    const { blobs } = JSON.parse(receipts['file']!) as { blobs: string[] }
    const blobId = blobs[0]!.split(' ')[2]!
    const path = join(bench.blobFolder, blobId.slice(0, 2), blobId)
    copyFileSync(path, join(folder, 'kept'))
    const bytes = readFileSync(path)
    const changed = Buffer.from(bytes)
    changed[500]! ^= 1
    for (const [content, why] of [
      [changed, 'was changed'],
      [bytes.subarray(0, -1), `not ${bytes.length}`],
    ] as const) {
      writeFileSync(path, content)
      expect(verify(receipts['file']!, '--data', dataDir())).toMatchObject({
        code: 1,
        err: expect.stringContaining(why),
      })
    }
    unlinkSync(path)
    expect(verify(receipts['file']!, '--data', dataDir()).err).toContain('is not there')
    copyFileSync(join(folder, 'kept'), path)
    expect(verify(receipts['file']!, '--data', dataDir()).code).toBe(0)
  })
})

test('a genuine receipt of damage is no success', async () => {
  const { parts } = await storedParts('file')
  const path = join(bench.blobFolder, parts[0]!.blobId.slice(0, 2), parts[0]!.blobId)
  const bytes = readFileSync(path)
  bytes[1000]! ^= 1
  writeFileSync(path, bytes)
  const damaged = verify(await issue('file'))
  bytes[1000]! ^= 1
  writeFileSync(path, bytes)
  expect(damaged).toMatchObject({ code: 1, out: expect.stringContaining('is genuine') })
  expect(damaged.err).toContain('DAMAGED (1 places)')
})

test('of an unencrypted file says so, whatever was compared', () => {
  const { code, out } = verify(receipts['plain']!, '--data', dataDir())
  expect(out).toContain('NOT encrypted')
  expect(out).toContain('no digests of an unencrypted file')
  expect(code).toBe(0)
})

function isGenuine(file: Buffer): boolean {
  try {
    genuineReceipt(file, wanted)
    return true
  } catch {
    return false
  }
}

async function storedParts(name: string) {
  const { bucketId } = (await bench.deps.catalog.findBucket(bench.bucket))!
  const { objectId } = (await bench.deps.catalog.findObject(bucketId, name))!
  return { parts: await bench.deps.catalog.parts(objectId) }
}
