import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSystem, type RunningSystem } from '../testing/running-system.ts'
import { element, Wire } from './wire.test-support.ts'

let running: RunningSystem
let oss: Wire
const BUCKET = 'oss-versions'
const SSE = 'x-oss-server-side-encryption'

beforeAll(async () => {
  running = await startSystem()
  oss = new Wire(running.port, running.credentials)
  await oss.send({ method: 'PUT', url: `/${BUCKET}/` })
})
afterAll(async () => {
  expect(running.faults).toEqual([])
  await running.stop()
})

const put = (key: string, body: Buffer | string, headers: Record<string, string> = {}) =>
  oss.send({ method: 'PUT', url: `/${BUCKET}/${key}`, headers, body })
const get = (key: string) => oss.send({ url: `/${BUCKET}/${key}` })
const head = (key: string) => oss.send({ method: 'HEAD', url: `/${BUCKET}/${key}` })

describe('versions', () => {
  const url = `/${BUCKET}/?versioning`

  test('each with its own encryption; deleted under a marker, and back again', async () => {
    expect(element((await oss.send({ url })).text, 'Status')).toBeUndefined()
    const body = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>'
    expect((await oss.send({ method: 'PUT', url, body })).status).toBe(200)
    expect(element((await oss.send({ url })).text, 'Status')).toBe('Enabled')
    expect(element((await oss.send({ url: `/${BUCKET}/?bucketInfo` })).text, 'Versioning')).toBe('Enabled')

    const first = (await put('v', 'one')).headers['x-oss-version-id']!
    const second = (await put('v', 'two', { [SSE]: 'KMS' })).headers['x-oss-version-id']!
    const changed = await oss.send({
      method: 'PUT',
      url: `/${BUCKET}/v`,
      headers: { 'x-oss-copy-source': `/${BUCKET}/v?versionId=${first}`, [SSE]: 'AES256' },
    })
    const third = changed.headers['x-oss-version-id']!
    expect(changed.headers['x-oss-copy-source-version-id']).toBe(first)
    for (const [version, text, method] of [
      [first, 'one', undefined],
      [second, 'two', 'KMS'],
      [third, 'one', 'AES256'],
    ] as const) {
      const answer = await get(`v?versionId=${version}`)
      expect([answer.text, answer.headers[SSE], answer.headers['x-oss-version-id']]).toEqual([
        text,
        method,
        version,
      ])
    }

    const deleted = await oss.send({ method: 'DELETE', url: `/${BUCKET}/v` })
    expect(deleted.headers).toMatchObject({ 'x-oss-delete-marker': 'true' })
    const marker = deleted.headers['x-oss-version-id']!
    expect((await head('v')).status).toBe(404)
    const { text } = await oss.send({
      url: `/${BUCKET}/?versions&max-keys=10`,
      resource: `/${BUCKET}/?versions`,
    })
    expect([...text.matchAll(/<VersionId>([^<]*)</g)].map(([, id]) => id)).toEqual([
      marker,
      third,
      second,
      first,
    ])
    expect(text.match(/<Type>Normal<\/Type>/g)).toHaveLength(3)
    await oss.send({ method: 'DELETE', url: `/${BUCKET}/v?versionId=${marker}` })
    expect((await get('v')).text).toBe('one')
    const gone = await get(`v?versionId=${marker}`)
    expect([gone.status, element(gone.text, 'Code')]).toEqual([404, 'NoSuchVersion'])
  })
})

test('tags and the source of a copy may hold UTF-8 that nobody escaped', async () => {
  await put('%C3%A9%E4%B8%AD', 'x', { 'x-oss-tagging': 'a=é中&b=%C3%A9' })
  await put('copied', '', { 'x-oss-copy-source': `/${BUCKET}/é中` })
  const { text } = await oss.send({ url: `/${BUCKET}/copied?tagging` })
  expect([...text.matchAll(/<Value>([^<]*)</g)].map(([, value]) => value)).toEqual(['é中', 'é'])
})

describe('archived objects', () => {
  const bytes = randomBytes(1000)

  test.each(['Archive', 'ColdArchive', 'DeepColdArchive'])(
    '%s: read only after they were restored',
    async (storageClass) => {
      await put(storageClass, bytes, { 'x-oss-storage-class': storageClass, [SSE]: 'AES256' })
      expect((await head(storageClass)).headers).toMatchObject({
        'x-oss-storage-class': storageClass,
        [SSE]: 'AES256',
      })
      const refused = await get(storageClass)
      expect([refused.status, element(refused.text, 'Code')]).toEqual([403, 'InvalidObjectState'])
      const change = await oss.send({
        method: 'PUT',
        url: `/${BUCKET}/${storageClass}`,
        headers: { 'x-oss-copy-source': `/${BUCKET}/${storageClass}`, [SSE]: 'KMS' },
      })
      expect([change.status, element(change.text, 'Code')]).toEqual([403, 'InvalidObjectState'])
      const restored = await oss.send({
        method: 'POST',
        url: `/${BUCKET}/${storageClass}?restore`,
        body: '<RestoreRequest><Days>2</Days><JobParameters><Tier>Expedited</Tier></JobParameters></RestoreRequest>',
      })
      expect(restored.status).toBe(202)
      expect((await head(storageClass)).headers['x-oss-restore']).toMatch(/^ongoing-request=/)
    },
  )

  test('what is not archived cannot be restored', async () => {
    await put('warm', bytes)
    const answer = await oss.send({ method: 'POST', url: `/${BUCKET}/warm?restore` })
    expect([answer.status, element(answer.text, 'Code')]).toEqual([400, 'OperationNotSupported'])
  })

  test('a class that OSS does not have', async () => {
    const answer = await put('glacier', bytes, { 'x-oss-storage-class': 'GLACIER' })
    expect([answer.status, element(answer.text, 'Code')]).toEqual([400, 'InvalidArgument'])
  })
})
