import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { uploadInParts } from '../store/multipart.test-support.ts'
import {
  bodyOf,
  CHUNK,
  collect,
  ENCRYPTED,
  METADATA,
  METHODS,
  named,
  openBench,
  put,
  run,
} from '../store/store.test-support.ts'
import type { Bench, Method } from '../store/store.test-support.ts'
import { backUp, offline, openWithSheets, rotate, storedKeysOf } from './backup.test-support.ts'
import { decryptObject } from './decrypt-object.ts'
import type { StoredObject } from './decrypt-object.ts'
import type { KeyBackup } from './key-backup.ts'
import { offlineKeyring, rootOf, withNewerVersions } from './offline-keyring.ts'
import { blobsIn, saveObject } from './save-object.ts'

const MIB = 2 ** 20
let bench: Bench
let folder: string
let backup: KeyBackup
let keyring: ReturnType<typeof offlineKeyring>

beforeAll(async () => {
  bench = await openBench()
  folder = mkdtempSync(join(tmpdir(), 'coffer-decrypt-'))
  const file = join(folder, 'keys.backup')
  const made = await backUp(bench, file)
  backup = await openWithSheets(made, file)
  keyring = offlineKeyring(rootOf(backup), backup.keys, backup.serviceKeys.periodDays)
})
afterAll(async () => {
  await bench.dispose()
  rmSync(folder, { recursive: true, force: true })
})

function storedAs(key: string): StoredObject {
  return offline(bench, (database) => database.findObject(bench.bucket, key))!
}

function plaintext(key: string, method: Method, changes: Partial<Parameters<typeof decryptObject>[0]> = {}) {
  const { customerKey } = method
  return decryptObject({
    stored: storedAs(key),
    key,
    keyring,
    customerKey,
    readBlob: blobsIn(bench.blobFolder),
    ...changes,
  })
}

async function code(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((e: unknown) => e)
  return error instanceof Error && 'code' in error ? String(error.code) : `no refusal: ${String(error)}`
}

describe.each(named())('%s', (_name, method) => {
  const sizes = [0, 1, 1000, CHUNK - 1, CHUNK, 3 * CHUNK + 5]
  test.each(sizes)('an object of %d bytes, in its row or in a file', async (size) => {
    const [key, bytes] = [`${method.name}/${size}`, randomBytes(size)]
    await put(bench, key, bytes, { encryption: method.encryption })
    expect((await collect(plaintext(key, method))).equals(bytes)).toBe(true)
  })

  test('an object of three parts', async () => {
    const [key, bytes] = [`${method.name}/parts`, randomBytes(10 * MIB + 77)]
    await uploadInParts(bench, key, bytes, [5 * MIB, 5 * MIB, 77], method)
    expect((await collect(plaintext(key, method))).equals(bytes)).toBe(true)
  })

  test('an object that grew', async () => {
    const [key, bytes] = [`${method.name}/grown`, randomBytes(50_000)]
    const at = { name: 'AppendObject', bucket: bench.bucket, key } as const
    const write = { metadata: METADATA, storageClass: 'STANDARD', tags: {}, encryption: method.encryption }
    for (const [from, to] of [
      [0, 20_000],
      [20_000, 20_007],
      [20_007, 50_000],
    ] as const) {
      const body = { body: bodyOf(bytes.subarray(from, to)), contentLength: to - from, checks: {} }
      await run(bench, { ...at, position: from, ...body, ...write, ofExisting: 'must-agree' })
    }
    expect((await collect(plaintext(key, method))).equals(bytes)).toBe(true)
    if (method.mode === 'none') return
    const object = { ...storedAs(key).object, appendable: undefined }
    const changed = plaintext(key, method, { stored: { ...storedAs(key), object } })
    expect(await code(collect(changed))).toBe('Damaged')
  })

  test('a changed blob or row gives no file', async () => {
    const key = `${method.name}/changed`
    await put(bench, key, randomBytes(2 * CHUNK), { encryption: method.encryption })
    const { parts, object } = storedAs(key)
    const path = join(bench.blobFolder, parts[0]!.blobId.slice(0, 2), parts[0]!.blobId)
    const [whole, to] = [readFileSync(path), join(folder, 'changed')]
    for (const at of [0, 100, CHUNK + 200, whole.length - 1]) {
      const changed = Buffer.from(whole)
      changed[at]! ^= 1
      writeFileSync(path, changed)
      expect(await code(saveObject(to, plaintext(key, method)))).toBe('Damaged')
      expect(existsSync(to)).toBe(false)
    }
    writeFileSync(path, whole.subarray(0, -1))
    expect(await code(collect(plaintext(key, method)))).toBe('Damaged')
    writeFileSync(path, Buffer.concat([whole, Buffer.alloc(1)]))
    expect(await code(collect(plaintext(key, method)))).toBe('Damaged')
    writeFileSync(path, whole)
    for (const changes of [{ size: object.size - 1 }, { partCount: 2 }])
      expect(
        await code(
          collect(
            plaintext(key, method, { stored: { ...storedAs(key), object: { ...object, ...changes } } }),
          ),
        ),
      ).toBe('Damaged')
    expect(await code(collect(plaintext(key, method, { stored: { ...storedAs(key), parts: [] } })))).toBe(
      'Damaged',
    )
    expect(await saveObject(to, plaintext(key, method))).toBe(2 * CHUNK)
    expect(statSync(to).mode & 0o777).toBe(0o600)
    expect(await code(saveObject(to, plaintext(key, method)))).toBe('FileExists')
    rmSync(to)
  })
})

describe.each(named(ENCRYPTED))('rows of an object under %s', (_name, method) => {
  const change = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte, i) => (i === 20 ? byte ^ 1 : byte)))

  test('prove every fact that decryption relies on', async () => {
    const key = `${method.name}/rows`
    await put(bench, key, randomBytes(3 * CHUNK), { encryption: method.encryption })
    const stored = storedAs(key)
    const { object } = stored
    const [part] = stored.parts
    const objects: Partial<StoredObject['object']>[] = [
      { size: object.size + 1 },
      { metadata: { ...object.metadata, contentType: 'text/html' } },
      { checksums: change(object.checksums) },
      { objectMac: change(object.objectMac!) },
      { objectMac: undefined },
    ]
    const parts: Partial<StoredObject['parts'][number]>[] = [
      { number: 2 },
      { offset: 1 },
      { size: part!.size - 1 },
      { salt: change(part!.salt) },
      { commitment: change(part!.commitment) },
      { checksums: change(part!.checksums) },
      { mac: change(part!.mac) },
      { mac: Buffer.alloc(0) },
      { blobId: part!.blobId.replace(/./, (digit) => (digit === '0' ? '1' : '0')) },
      { inline: randomBytes(100) },
    ]
    const changed: StoredObject[] = [
      ...objects.map((facts) => ({ ...stored, object: { ...object, ...facts } })),
      ...parts.map((facts) => ({ ...stored, parts: [{ ...part!, ...facts }] })),
      { ...stored, parts: [part!, part!] },
    ]
    for (const each of changed)
      expect(await code(collect(plaintext(key, method, { stored: each })))).toBe('Damaged')
    expect((await collect(plaintext(key, method))).length).toBe(3 * CHUNK)
  })
})

const managed = METHODS.find(({ name }) => name === 'managed-key AES256')!
const customer = METHODS.find(({ name }) => name === 'customer-key AES256')!

test('a customer’s object needs the customer’s key', async () => {
  await put(bench, 'own', Buffer.from('mine'), { encryption: customer.encryption })
  expect(await code(collect(plaintext('own', { ...customer, customerKey: undefined! })))).toBe(
    'CustomerKeyRequired',
  )
  const wrong = { suite: 'AES256', key: randomBytes(32) } as const
  expect(await code(collect(plaintext('own', { ...customer, customerKey: wrong })))).toBe('WrongCustomerKey')
})

test('a row under another name or bucket does not open', async () => {
  await put(bench, 'name', Buffer.from('x'), { encryption: managed.encryption })
  expect(await code(collect(plaintext('name', managed, { key: 'other' })))).toBe('ObjectCorrupt')
  const stored = storedAs('name')
  const bucket = { ...stored.bucket, bucketId: stored.bucket.projectId }
  expect(await code(collect(plaintext('name', managed, { stored: { ...stored, bucket } })))).toBe(
    'ObjectCorrupt',
  )
})

test.each(['none', 'service-key'] as const)('what was changed from a managed key to %s', async (kind) => {
  const [key, bytes] = [`changed to ${kind}`, randomBytes(CHUNK + 9)]
  await put(bench, key, bytes, { encryption: managed.encryption })
  const target = kind === 'none' ? { kind } : ({ kind, suite: 'AES256' } as const)
  await run(bench, { name: 'ModifyEncryption', bucket: bench.bucket, key, target })
  const method = METHODS.find(({ mode }) => mode === kind)!
  expect((await collect(plaintext(key, method))).equals(bytes)).toBe(true)
})

test('a version that is not the current one', async () => {
  const versioned = { name: 'PutBucketVersioning', bucket: bench.bucket } as const
  await run(bench, { ...versioned, state: 'Enabled' })
  const first = await put(bench, 'twice', Buffer.from('first'), { encryption: managed.encryption })
  await put(bench, 'twice', Buffer.from('second'), { encryption: managed.encryption })
  await run(bench, { ...versioned, state: 'Suspended' })
  const stored = offline(bench, (database) => database.findObject(bench.bucket, 'twice', first.versionId))!
  expect((await collect(plaintext('twice', managed, { stored }))).toString()).toBe('first')
  expect((await collect(plaintext('twice', managed))).toString()).toBe('second')
})

test('a missing blob is named', async () => {
  await put(bench, 'gone', randomBytes(2 * CHUNK), { encryption: managed.encryption })
  expect(await code(collect(plaintext('gone', managed, { readBlob: blobsIn(folder) })))).toBe('NotFound')
})

test('what a key version newer than the backup wrapped opens by the row of the database', async () => {
  await rotate(bench)
  await put(bench, 'newer', Buffer.from('x'), { encryption: managed.encryption })
  expect(await code(collect(plaintext('newer', managed)))).toBe('ObjectCorrupt')
  const file = join(folder, 'again.backup')
  const root = rootOf(await openWithSheets(await backUp(bench, file), file))
  const all = withNewerVersions(backup.keys, storedKeysOf(bench).keys)
  expect(await collect(plaintext('newer', managed, { keyring: offlineKeyring(root, all, 90) }))).toEqual(
    Buffer.from('x'),
  )
})

test('what a key wrapped opens though it was destroyed since the backup', async () => {
  await put(bench, 'before', Buffer.from('x'), { encryption: managed.encryption })
  const file = join(folder, 'third.backup')
  const earlier = await openWithSheets(await backUp(bench, file), file)
  bench.sql.prepare(`UPDATE kms_key SET state = 'Destroyed'`).run()
  bench.sql.prepare(`UPDATE key_version SET wrapped_material = x''`).run()
  const all = withNewerVersions(earlier.keys, storedKeysOf(bench).keys)
  expect(
    await collect(plaintext('before', managed, { keyring: offlineKeyring(rootOf(earlier), all, 90) })),
  ).toEqual(Buffer.from('x'))
})

test('a symbolic link says where it points to', async () => {
  const write = { metadata: METADATA, storageClass: 'STANDARD', tags: {}, conditions: {} }
  await run(bench, { name: 'PutSymlink', bucket: bench.bucket, key: 'link', target: 'there/é', ...write })
  const stored = storedAs('link')
  const open = (key: string) =>
    collect(decryptObject({ stored, key, keyring, readBlob: blobsIn(bench.blobFolder) }))
  await expect(open('link')).rejects.toMatchObject({
    code: 'NotFound',
    message: expect.stringContaining('there/é'),
  })
  expect(await code(open('other'))).toBe('ObjectCorrupt')
})
