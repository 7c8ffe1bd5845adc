import { createHash, randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createChecksum } from '../../crypto/checksums.ts'
import { startSystem, type RunningSystem } from '../testing/running-system.ts'
import type { OssClient, OssOptions, OssResponse } from './ali-oss.test-support.ts'
import { element, Wire } from './wire.test-support.ts'

/** AppendObject and symbolic links as ali-oss calls them, and what oss2 and ossutil look at beside. */
interface Appending extends OssClient {
  append(
    name: string,
    content: Buffer,
    options?: { position?: number | string; headers?: Record<string, string> },
  ): Promise<{ nextAppendPosition: string; res: OssResponse }>
  putSymlink(name: string, target: string, options?: object): Promise<{ res: OssResponse }>
  getSymlink(name: string): Promise<{ targetName: string; res: OssResponse }>
}
const OSS = createRequire(import.meta.url)('ali-oss') as new (options: OssOptions) => Appending

const BUCKET = 'growing'
const SSE = 'x-oss-server-side-encryption'
let running: RunningSystem
let oss: Appending
let wire: Wire

beforeAll(async () => {
  running = await startSystem()
  const { accessKeyId, secretAccessKey: accessKeySecret } = running.credentials
  const endpoint = `http://127.0.0.1:${running.port}`
  oss = new OSS({ accessKeyId, accessKeySecret, endpoint, bucket: BUCKET, region: 'oss-cn-hongkong' })
  wire = new Wire(running.port, running.credentials)
  await oss.putBucket(BUCKET)
})
afterAll(async () => {
  expect(running.faults).toEqual([])
  await running.stop()
})

function crc64(bytes: Buffer): string {
  const crc = createChecksum('crc64ecma')
  crc.update(bytes)
  return crc.digest().readBigUInt64BE().toString()
}

interface OssFailure {
  code: string
  status: number
}
async function failure(work: Promise<unknown>): Promise<OssFailure | undefined> {
  return work.then(
    () => undefined,
    ({ code, status }: OssFailure) => ({ code, status }),
  )
}

test.each([
  ['plaintext', {}],
  ['AES256', { [SSE]: 'AES256' }],
  ['SM4', { [SSE]: 'SM4' }],
  ['KMS', { [SSE]: 'KMS' }],
])('append: %s', async (name, headers) => {
  const pieces = [randomBytes(65_536), randomBytes(3), randomBytes(20_000)]
  let position = '0'
  let all = Buffer.alloc(0)
  for (const [i, piece] of pieces.entries()) {
    // Only the first says how; of others it counts for nothing.
    const said = i === 0 ? headers : i === 1 ? {} : { [SSE]: 'AES256' }
    const done = await oss.append(`日志/${name}`, piece, { position, headers: { ...said } })
    all = Buffer.concat([all, piece])
    position = done.nextAppendPosition
    expect(position).toBe(String(all.length))
    expect(done.res.headers['x-oss-hash-crc64ecma']).toBe(crc64(all))
    expect(done.res.headers[SSE]).toBe((headers as Record<string, string>)[SSE])
  }
  const got = await oss.get(`日志/${name}`)
  expect(got.content.equals(all)).toBe(true)
  expect(got.res.headers).toMatchObject({
    'x-oss-object-type': 'Appendable',
    'x-oss-next-append-position': position,
    'x-oss-hash-crc64ecma': crc64(all),
  })
  expect(got.res.headers['content-md5']).toBeUndefined()
  const head = await oss.head(`日志/${name}`)
  expect(head.res.headers['x-oss-next-append-position']).toBe(position)
  const { objects } = await oss.list({ prefix: `日志/${name}`, 'max-keys': 10 })
  expect(objects).toMatchObject([{ type: 'Appendable', size: all.length }])
})

test('a wrong position is answered with the right one', async () => {
  await oss.append('position', randomBytes(5))
  expect(await failure(oss.append('position', randomBytes(1)))).toEqual({
    code: 'PositionNotEqualToLength',
    status: 409,
  })
  const again = await wire.send({ method: 'POST', url: `/${BUCKET}/position?append&position=4`, body: 'x' })
  expect([again.status, again.headers['x-oss-next-append-position']]).toEqual([409, '5'])
  await oss.put('normal', randomBytes(5))
  expect(await failure(oss.append('normal', randomBytes(1), { position: 5 }))).toEqual({
    code: 'ObjectNotAppendable',
    status: 409,
  })
})

test.each([
  ['append', 400, 'MissingArgument', '0016-00000501'],
  ['append&position=x', 400, 'InvalidArgument', undefined],
  ['append&position=-1', 400, 'InvalidArgument', undefined],
  ['append&position=0&versionId=null', 400, 'InvalidArgument', '0016-00000504'],
  [`append&position=${5 * 2 ** 30}`, 409, 'PositionNotEqualToLength', '0026-00000016'],
])('POST ?%s: %i %s', async (query, status, code, ec) => {
  const answer = await wire.send({ method: 'POST', url: `/${BUCKET}/refused?${query}`, body: 'x' })
  expect([answer.status, element(answer.text, 'Code'), answer.headers['x-oss-ec']]).toEqual([
    status,
    code,
    ec,
  ])
})

test('Content-MD5 is of what is appended', async () => {
  const send = (position: number, of: string) =>
    wire.send({
      method: 'POST',
      url: `/${BUCKET}/md5?append&position=${position}`,
      headers: { 'content-md5': createHash('md5').update(of).digest('base64') },
      body: 'hello',
    })
  expect((await send(0, 'hello')).status).toBe(200)
  expect((await send(5, 'hello')).status).toBe(200)
  const wrong = await send(10, 'other')
  expect([wrong.status, element(wrong.text, 'Code')]).toEqual([400, 'InvalidDigest'])
  expect((await oss.get('md5')).content.toString()).toBe('hellohello')
})

test('a copy onto itself, as update_object_meta makes it, encrypts it in place and leaves it appendable; a copy is Normal', async () => {
  const bytes = randomBytes(300)
  await oss.append('in-place', bytes)
  await oss.copy('in-place', 'in-place', { meta: { of: 'mine' }, headers: { [SSE]: 'AES256' } })
  await oss.append('in-place', bytes, { position: 300 })
  const { res, meta } = await oss.head('in-place')
  expect([res.headers['x-oss-object-type'], res.headers[SSE], meta]).toEqual([
    'Appendable',
    'AES256',
    { of: 'mine' },
  ])
  await oss.copy('copied', 'in-place')
  const copied = await oss.get('copied')
  expect([copied.res.headers['x-oss-object-type'], copied.content.length]).toEqual(['Normal', 600])
})

test('symbolic links', async () => {
  const content = randomBytes(70_000)
  await oss.put('目标/file #1.bin', content, { headers: { [SSE]: 'AES256' } })
  await oss.putSymlink('link', '目标/file #1.bin', { meta: { of: 'link' } })
  const { targetName, res } = await oss.getSymlink('link')
  expect(targetName).toBe('目标/file #1.bin')
  expect(res.headers['x-oss-symlink-target']).toBe('%E7%9B%AE%E6%A0%87/file%20%231.bin')
  const got = await oss.get('link')
  expect(got.content.equals(content)).toBe(true)
  const target = await oss.head('目标/file #1.bin')
  const { headers } = got.res
  expect(headers).toMatchObject({
    'x-oss-object-type': 'Symlink',
    'x-oss-meta-of': 'link',
    etag: target.res.headers['etag'],
    'x-oss-hash-crc64ecma': crc64(content),
    [SSE]: 'AES256',
    'content-length': '70000',
  })
  const head = await oss.head('link')
  expect([head.res.headers['content-length'], head.res.headers['x-oss-object-type']]).toEqual([
    '70000',
    'Symlink',
  ])
  const { objects } = await oss.list({ prefix: 'link', 'max-keys': 10 })
  expect(objects).toMatchObject([{ name: 'link', type: 'Symlink' }])
  // A copy is of the link.
  await oss.copy('link2', 'link')
  expect((await oss.getSymlink('link2')).targetName).toBe('目标/file #1.bin')
  await oss.delete('link')
  expect((await oss.get('目标/file #1.bin')).content.equals(content)).toBe(true)
})

test('links that lead nowhere', async () => {
  await oss.putSymlink('to-nothing', 'not-there')
  await oss.putSymlink('to-link', 'to-nothing')
  await oss.put('plain', randomBytes(1))
  expect(await failure(oss.get('to-nothing'))).toEqual({ code: 'SymlinkTargetNotExist', status: 404 })
  const head = await wire.send({ method: 'HEAD', url: `/${BUCKET}/to-nothing` })
  const told = Buffer.from(head.headers['x-oss-err'] ?? '', 'base64').toString()
  expect([head.status, element(told, 'Code')]).toEqual([404, 'SymlinkTargetNotExist'])
  expect(await failure(oss.get('to-link'))).toEqual({ code: 'InvalidTargetType', status: 400 })
  expect(await failure(oss.getSymlink('plain'))).toEqual({ code: 'NotSymlink', status: 400 })
  const wrong: Record<string, string>[] = [
    {},
    { 'x-oss-symlink-target': 'a', [SSE]: 'AES256' },
    { 'x-oss-symlink-target': '%' },
  ]
  for (const headers of wrong) {
    const answer = await wire.send({ method: 'PUT', url: `/${BUCKET}/bad?symlink`, headers })
    expect([answer.status, element(answer.text, 'Code')]).toEqual([400, 'InvalidArgument'])
  }
})
