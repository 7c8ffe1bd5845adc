import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StoreError } from '../errors.ts'
import { modify, targetOf } from './modify-encryption.test-support.ts'
import type { CopyObject, PutSymlink } from './operations.ts'
import { memberPolicy } from './permissions.test-support.ts'
import {
  caller,
  collect,
  get,
  keyFor,
  METADATA,
  METHODS,
  named,
  openBench,
  put,
  run,
  SECURE,
  type Bench,
  type Method,
} from './store.test-support.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.dispose())

const [, AES] = METHODS as [Method, Method]

function link(key: string, target: string, changes: Partial<PutSymlink> = {}) {
  const at = { name: 'PutSymlink', bucket: bench.bucket, key, target } as const
  const written = { metadata: METADATA, storageClass: 'STANDARD', tags: {}, conditions: {} }
  return run(bench, { ...at, ...written, ...changes })
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => (error as StoreError).code,
  )
}

test.each(named())('a link to an object under %s gives its content', async (name, method) => {
  const bytes = randomBytes(30_000)
  const target = `target ${name}`
  const written = await put(bench, target, bytes, { encryption: method.encryption })
  await link(`link ${name}`, target, { metadata: { contentType: 'image/png', userMetadata: { of: 'link' } } })
  const read = await get(bench, `link ${name}`, keyFor(method))
  expect(read.bytes.equals(bytes)).toBe(true)
  expect(read.object).toMatchObject({
    key: `link ${name}`,
    type: 'symlink',
    size: 30_000,
    etag: written.etag,
    encryption: { mode: method.mode },
    metadata: { contentType: 'image/png', userMetadata: { of: 'link' } },
  })
  const range = { start: 5, endInclusive: 9 }
  const part = await get(bench, `link ${name}`, { range, ...keyFor(method) })
  expect(part.bytes.equals(bytes.subarray(5, 10))).toBe(true)
  const at = { bucket: bench.bucket, key: `link ${name}`, ...keyFor(method) }
  const head = await run(bench, { name: 'HeadObject', ...at, conditions: { ifMatch: [written.etag] } })
  expect(head.length).toBe(30_000)
})

test('says where it points to, and is listed as what it is', async () => {
  await link('l/ä b', 'somewhere/ü')
  const at = { bucket: bench.bucket, key: 'l/ä b' }
  expect(await run(bench, { name: 'GetSymlink', ...at })).toMatchObject({ target: 'somewhere/ü' })
  const listing = { name: 'ListObjects', bucket: bench.bucket, prefix: 'l/', delimiter: '' } as const
  const { objects } = await run(bench, { ...listing, after: '', limit: 10 })
  expect(objects).toMatchObject([{ key: 'l/ä b', size: 0, type: 'symlink' }])
  await put(bench, 'file', randomBytes(1))
  expect(await codeOf(run(bench, { name: 'GetSymlink', ...at, key: 'file' }))).toBe('NotSymlink')
})

test('the date is the later of both', async () => {
  const target = await put(bench, 'dated', randomBytes(1))
  const made = await link('dated link', 'dated')
  expect(made.lastModified).toBeGreaterThanOrEqual(target.lastModified)
  expect((await get(bench, 'dated link')).object.lastModified).toBe(made.lastModified)
  await new Promise((resolve) => setTimeout(resolve, 2))
  const newer = await put(bench, 'dated', randomBytes(2))
  expect((await get(bench, 'dated link')).object.lastModified).toBe(newer.lastModified)
})

test('what is not there, and links to links', async () => {
  await link('nowhere', 'not-there')
  await link('second', 'nowhere')
  await link('itself', 'itself')
  expect(await codeOf(get(bench, 'nowhere'))).toBe('SymlinkTargetNotExist')
  expect(await codeOf(get(bench, 'second'))).toBe('InvalidTargetType')
  expect(await codeOf(get(bench, 'itself'))).toBe('InvalidTargetType')
  for (const target of ['', 'x'.repeat(1025)]) expect(await codeOf(link('bad', target))).not.toBe('done')
})

describe('needs the right to both', () => {
  const get = (key: string, denied: string) => {
    const policy = memberPolicy(
      { Effect: 'Allow', Action: 's3:*', Resource: '*' },
      {
        Effect: 'Deny',
        Action: ['s3:GetObject', 's3:GetObjectAttributes'],
        Resource: `arn:aws:s3:::*/${denied}`,
      },
    )
    const who = { ...caller(bench.projectId, 'member'), memberPolicy: policy } as ReturnType<typeof caller>
    const at = { bucket: bench.bucket, key, conditions: {} }
    return Promise.all(
      (['GetObject', 'HeadObject'] as const).map((name) =>
        codeOf(
          bench.store.run({ name, ...at }, who, SECURE).then(async (result) => {
            if ('body' in result) await collect(result.body)
          }),
        ),
      ),
    )
  }
  test.each([
    ['neither is denied', 'other', 'done'],
    ['the link is denied', 'right-link', 'AccessDenied'],
    ['the target is denied', 'right-target', 'AccessDenied'],
  ])('%s', async (_, denied, code) => {
    await put(bench, 'right-target', randomBytes(10))
    await link('right-link', 'right-target')
    expect(await get('right-link', denied)).toEqual([code, code])
  })
})

describe('copies', () => {
  const copy = (key: string, changes: Partial<CopyObject> = {}) =>
    run(bench, {
      name: 'CopyObject',
      bucket: bench.bucket,
      key,
      source: { bucket: bench.bucket, key: 'copied link', conditions: {} },
      metadata: undefined,
      tags: undefined,
      storageClass: undefined,
      encryption: { kind: 'bucket-default' },
      conditions: {},
      ...changes,
    })

  test('are of the content, or of the link where that is asked for', async () => {
    const bytes = randomBytes(100)
    await put(bench, 'copied', bytes)
    await link('copied link', 'copied')
    await copy('content')
    const content = await get(bench, 'content')
    expect([content.bytes.equals(bytes), content.object.type]).toEqual([true, undefined])
    await copy('link again', { keepsLink: true })
    await put(bench, 'copied', Buffer.from('changed'))
    const again = await get(bench, 'link again')
    expect([again.bytes.toString(), again.object.type]).toEqual(['changed', 'symlink'])
    // onto itself: the link with other metadata; then what it points to
    const metadata = { contentType: 'text/css', userMetadata: {} }
    await copy('copied link', { keepsLink: true, metadata })
    expect((await get(bench, 'copied link')).object).toMatchObject({ type: 'symlink', metadata })
    await copy('copied link', { encryption: AES.encryption })
    const replaced = (await get(bench, 'copied link')).object
    expect([replaced.type, replaced.encryption.mode]).toEqual([undefined, 'service-key'])
  })
})

test('versions of a link point where each did; deleting one leaves the target', async () => {
  const bucket = 'versions'
  await run(bench, { name: 'CreateBucket', bucket })
  await run(bench, { name: 'PutBucketVersioning', bucket, state: 'Enabled' })
  const write = { bucket }
  for (const key of ['a', 'b']) await put(bench, key, Buffer.from(key), write)
  const first = await link('v', 'a', write)
  const second = await link('v', 'b', write)
  expect((await get(bench, 'v', write)).versionId).toBe(second.versionId)
  const { bytes } = await get(bench, 'v', { ...write, versionId: first.versionId! })
  expect(bytes.toString()).toBe('a')
  await run(bench, { name: 'DeleteObject', ...write, key: 'v', conditions: {} })
  expect(await codeOf(get(bench, 'v', write))).toBe('NoSuchKey')
  expect((await get(bench, 'b', write)).bytes.toString()).toBe('b')
})

test('a change of its encryption leaves it a link, and the target as it was', async () => {
  await put(bench, 'modified', Buffer.from('m'))
  await link('modified link', 'modified')
  await modify(bench, 'modified link', METHODS[0]!, targetOf(AES))
  const { object, bytes } = await get(bench, 'modified link')
  expect([object.type, object.encryption.mode, bytes.toString()]).toEqual(['symlink', 'none', 'm'])
  const { objects } = await run(bench, {
    name: 'FindObjects',
    bucket: bench.bucket,
    filter: { prefix: 'modified', modes: ['service-key'] },
    limit: 10,
  })
  expect(objects.map(({ key }) => key)).toEqual(['modified link'])
})

describe('a thief who writes to the database', () => {
  const check = (key: string) => run(bench, { name: 'VerifyObject', bucket: bench.bucket, key })

  test('cannot point a link elsewhere, nor make one of what is none', async () => {
    for (const key of ['real', 'forged']) await put(bench, key, Buffer.from(key))
    await link('right', 'real')
    await link('wrong', 'forged')
    expect((await check('right')).damageCount).toBe(0)
    bench.sql
      .prepare(
        "UPDATE object_version SET symlink = (SELECT symlink FROM object_version WHERE key = 'wrong') WHERE key IN ('right', 'real')",
      )
      .run()
    for (const key of ['right', 'real']) {
      expect(await codeOf(get(bench, key))).toBe('ObjectCorrupt')
      expect((await check(key)).damage).toEqual([{ step: 'object', what: 'object-mac' }])
    }
    expect((await get(bench, 'wrong')).bytes.toString()).toBe('forged')
  })

  test('does not learn where it points to', async () => {
    await link('sealed', 'a-telling-name')
    const { symlink } = bench.sql
      .prepare("SELECT symlink FROM object_version WHERE key = 'sealed'")
      .get() as {
      symlink: Buffer
    }
    expect(symlink.includes('a-telling-name')).toBe(false)
  })
})
