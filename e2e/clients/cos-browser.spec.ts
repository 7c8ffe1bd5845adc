import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Coffer } from '../coffer.ts'
import { bucketName, expect, test as base } from '../fixtures.ts'
import { copySourceHeaders, cosModes, type CosMode } from './cos-modes.ts'

/** A real page of another origin with Tencent's JavaScript SDK, which calls the object port itself. */
const SDK = join(import.meta.dirname, '../../node_modules/cos-js-sdk-v5/dist/cos-js-sdk-v5.min.js')
const Region = 'ap-guangzhou'

const test = base.extend<object, { site: { origin: string; server: Server } }>({
  site: [
    async ({}, use) => {
      const server = createServer((_, response) =>
        response.setHeader('content-type', 'text/html').end('<!doctype html><title>App</title>'),
      )
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      await use({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server })
      server.close()
    },
    { scope: 'worker' },
  ],
  coffer: [
    async ({ site }, use) => {
      const coffer = await Coffer.start({ COFFER_CORS_ORIGINS: site.origin })
      await coffer.makeAdministrator()
      await use(coffer)
      await coffer.destroy()
    },
    { scope: 'worker', timeout: 90_000 },
  ],
})

test.use({
  launchOptions: {
    executablePath: process.env.COFFER_TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  },
})

/** What of the SDK the page uses; its callbacks become promises. */
type Call = (name: string, parameters: object) => Promise<Record<string, unknown>>
declare const window: { COS: new (options: object) => Record<string, unknown>; call: Call }

test('cos-js-sdk in a page: put, head, get, copy, multipart, list, delete in every mode', async ({
  page,
  coffer,
  credentials,
  site,
}) => {
  test.setTimeout(120_000)
  await page.goto(site.origin)
  await page.addScriptTag({ path: SDK })
  await page.evaluate(
    ([SecretId, SecretKey, Domain]) => {
      const cos = new window.COS({ SecretId, SecretKey, Protocol: 'http:', Domain, ChunkSize: 2 ** 20 })
      window.call = (name, parameters) =>
        new Promise((resolve, reject) => {
          const method = cos[name] as (p: object, done: (error: unknown, data: never) => void) => void
          method.call(cos, parameters, (error, data) =>
            error ? reject(new Error(`${name}: ${JSON.stringify(error)}`)) : resolve(data),
          )
        })
    },
    // Browsers know *.localhost as this machine: virtual-hosted style, as the SDK is made for.
    [credentials.accessKeyId, credentials.secretAccessKey, `{Bucket}.localhost:${coffer.objectPort}`],
  )
  const Bucket = `${bucketName('page')}-1250000000`
  await page.evaluate((at) => window.call('putBucket', at), { Bucket, Region })
  const answer = await coffer.request('GET', `/api/keys?names=1&project=${coffer.projectId}`)
  const { keys } = (await answer.json()) as { keys: { keyId: string }[] }
  for (const mode of cosModes(keys[0]!.keyId))
    await test.step(mode.name, async () => {
      const seen = await page.evaluate(useAll, {
        mode,
        Bucket,
        Region,
        opening: copySourceHeaders(mode.read),
      })
      expect(seen).toEqual({
        shown: Array<unknown>(6).fill(mode.shown),
        crc64: Array<unknown>(3).fill('16749565679157681890'),
        etagIsMd5: mode.etagIsMd5,
        bodies: ['[Object Content]', '[Object Content]'],
        largeIsWhole: true,
        listed: ['16', '16', '2500000'],
        requestIds: true,
        left: 0,
      })
    })
})

/** Runs in the page. */
async function useAll({
  mode,
  Bucket,
  Region: region,
  opening,
}: {
  mode: CosMode
  Bucket: string
  Region: string
  opening: Record<string, string>
}) {
  const { call } = window
  const prefix = 'x-cos-server-side-encryption'
  type Answer = Record<string, unknown> & {
    headers: Record<string, string>
    ETag: string
    Body: string | Blob
  }
  const shownOf = ({ headers }: Answer) =>
    Object.fromEntries(
      Object.entries(headers)
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, value]) => [name.slice(prefix.length), value]),
    )
  const at = (Key: string) => ({ Bucket, Region: region, Key })
  const small = at('中文/small +.txt')
  const asked = () => ({ ...mode.write, Headers: { ...mode.headers } })
  const put = (await call('putObject', { ...small, Body: '[Object Content]', ...asked() })) as Answer
  const head = (await call('headObject', { ...small, ...mode.read })) as Answer
  const got = (await call('getObject', { ...small, ...mode.read })) as Answer
  const copy = at('copy')
  const copied = (await call('putObjectCopy', {
    ...copy,
    CopySource: `${Bucket}.cos.${region}.myqcloud.com/${encodeURIComponent(small.Key)}`,
    ...mode.write,
    Headers: { ...mode.headers, ...opening },
  })) as Answer
  const copyBack = (await call('getObject', { ...copy, ...mode.read })) as Answer
  const bytes = new Uint8Array(2_500_000).map((_, index) => (index * 131) % 256)
  const large = at('large.bin')
  // sliceUploadFile does not send a customer's key with the parts: with one, each step is called
  if ('SSECustomerKey' in mode.read) await byHand()
  else await call('sliceUploadFile', { ...large, Body: new Blob([bytes]), ...asked() })
  const back = (await call('getObject', { ...large, ...mode.read, DataType: 'blob' })) as Answer
  const whole = new Uint8Array(await (back.Body as Blob).arrayBuffer())
  const listing = (await call('getBucket', { Bucket, Region: region })) as unknown as {
    Contents: { Key: string; Size: string }[]
  }
  async function byHand(): Promise<void> {
    const { UploadId } = await call('multipartInit', { ...large, ...mode.write })
    const Parts: object[] = []
    for (let start = 0; start < bytes.length; start += 2 ** 20) {
      const part = { UploadId, PartNumber: Parts.length + 1 }
      const Body = new Blob([bytes.slice(start, start + 2 ** 20)])
      const { ETag } = await call('multipartUpload', { ...large, ...part, Body, ...mode.write })
      Parts.push({ PartNumber: part.PartNumber, ETag })
    }
    await call('multipartComplete', { ...large, UploadId, Parts })
  }
  for (const { Key } of listing.Contents) await call('deleteObject', at(Key))
  const left = (await call('getBucket', { Bucket, Region: region })) as unknown as { Contents: unknown[] }
  return {
    shown: [put, head, got, copied, copyBack, back].map(shownOf),
    crc64: [put, head, got].map(({ headers }) => headers['x-cos-hash-crc64ecma']),
    etagIsMd5: put.ETag === '"ee8de918d05640145b18f70f4c3aa602"' && put.ETag === got.ETag,
    bodies: [got.Body, copyBack.Body],
    largeIsWhole: whole.length === bytes.length && whole.every((byte, index) => byte === bytes[index]),
    listed: listing.Contents.map(({ Size }) => Size).sort(),
    requestIds: [put, head, got].every(({ headers }) =>
      /^[0-9A-F]{16}$/.test(headers['x-cos-request-id'] ?? ''),
    ),
    left: left.Contents.length,
  }
}

test('a page of an origin that was not named is told nothing', async ({ page, coffer, site }) => {
  await page.goto(site.origin.replace('127.0.0.1', 'localhost'))
  const url = `http://127.0.0.1:${coffer.objectPort}/`
  expect(
    await page.evaluate(
      (at) =>
        fetch(at).then(
          () => 'read',
          () => 'refused',
        ),
      url,
    ),
  ).toBe('refused')
  await page.goto(site.origin)
  expect(await page.evaluate((at) => fetch(at).then((answer) => answer.status), url)).toBe(403)
})
