import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { BrowserContext, Locator, Page, Route } from '@playwright/test'
import { createHash, randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import type { Coffer } from '../coffer.ts'
import { bucketName, expect, test } from '../fixtures.ts'
import { carrySession, LANGUAGES } from './pages.ts'

const m = LANGUAGES.en.messages
const MIB = 2 ** 20

test.use({ locale: 'en-US' })
test.afterEach(async ({ page }, testInfo) => {
  await page.close()
  rmSync(testInfo.outputPath('large.bin'), { force: true })
})

/** Four parts: three of 32 MiB and a smaller one. */
function largeFile(path: string): { path: string; sha256: string } {
  const bytes = Buffer.concat(Array.from({ length: 100 }, () => randomBytes(MIB)))
  writeFileSync(path, bytes)
  return { path, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** A bucket that encrypts, and its upload dialog with one file. */
async function chooseFile(
  { page, context, coffer }: { page: Page; context: BrowserContext; coffer: Coffer },
  path: string,
): Promise<{ bucket: string; dialog: Locator }> {
  const bucket = bucketName('large')
  await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, {
    name: bucket,
    encryption: { kind: 'managed-key', suite: 'AES256' },
  })
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
  await page.getByRole('button', { name: m.objects.upload }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.locator('input[type=file]:not([webkitdirectory])').setInputFiles(path)
  return { bucket, dialog }
}

const partOf = (url: string): string => new URL(url).searchParams.get('part') ?? ''

test('of a large upload only what broke is sent again', async ({ page, context, coffer, s3 }, testInfo) => {
  const { path, sha256 } = largeFile(testInfo.outputPath('large.bin'))
  const { bucket, dialog } = await chooseFile({ page, context, coffer }, path)
  const sent: string[] = []
  const arrived = new Set<string>()
  let others: () => void
  const othersArrived = new Promise<void>((resolve) => (others = resolve))
  page.on('response', (response) => {
    if (!response.ok() || response.request().method() !== 'PUT') return
    arrived.add(partOf(response.url()))
    if (['1', '2', '4'].every((part) => arrived.has(part))) others()
  })
  // The connection breaks once under the second part; the third is refused when all others have arrived.
  await page.route('**/uploads/*part=*', async (route: Route) => {
    const part = partOf(route.request().url())
    sent.push(part)
    const times = sent.filter((one) => one === part).length
    if (part === '2' && times === 1) return route.abort('connectionreset')
    if (part !== '3' || times > 1) return route.continue()
    await othersArrived
    await route.fulfill({ status: 403, json: { code: 'AccessDenied', facts: {}, requestId: 'r' } })
  })

  await dialog.getByRole('button', { name: m.upload.start, exact: true }).click()
  const retry = dialog.getByRole('button', { name: m.upload.retry.replace('{name}', 'large.bin') })
  await retry.click({ timeout: 60_000 })
  await expect(dialog.getByText(m.upload.succeeded, { exact: true })).toBeVisible({ timeout: 60_000 })
  expect(sent.toSorted()).toEqual(['1', '2', '2', '3', '3', '4'])

  const Key = 'large.bin'
  const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key, PartNumber: 4 }))
  expect(head).toMatchObject({ PartsCount: 4, ContentLength: 4 * MIB, ServerSideEncryption: 'aws:kms' })
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }))
  const hash = createHash('sha256')
  for await (const piece of Body as AsyncIterable<Buffer>) hash.update(piece)
  expect(hash.digest('hex')).toBe(sha256)
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
  expect(Uploads).toEqual([])
})

for (const leave of ['is cancelled', 'loses its page'] as const) {
  test(`a large upload that ${leave} leaves no parts`, async ({ page, context, coffer, s3 }, testInfo) => {
    const { path } = largeFile(testInfo.outputPath('large.bin'))
    const { bucket, dialog } = await chooseFile({ page, context, coffer }, path)
    const uploads = async (): Promise<number> => {
      const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
      return Uploads.length
    }
    await page.route('**/uploads/*part=2', () => undefined)
    const first = page.waitForResponse((response) => partOf(response.url()) === '1')
    await dialog.getByRole('button', { name: m.upload.start, exact: true }).click()
    await first
    expect(await uploads()).toBe(1)
    page.on('dialog', (question) => void question.accept())
    if (leave === 'is cancelled') await dialog.getByRole('button', { name: m.upload.cancelAll }).click()
    else await page.goto('about:blank')
    await expect.poll(uploads).toBe(0)
  })
}

test('parts that somebody left behind are seen in the settings, and removed', async ({
  page,
  context,
  coffer,
  s3,
}) => {
  const Bucket = bucketName('left')
  await s3.send(new CreateBucketCommand({ Bucket }))
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/buckets/${Bucket}/settings`)
  const card = page.getByRole('region', { name: m.buckets.unfinished.title })
  await expect(card.getByText(m.buckets.unfinished.none)).toBeVisible()

  const Body = Buffer.alloc(1000)
  for (const Key of ['one.bin', 'two.bin', 'three.bin']) {
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }))
    await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body }))
    if (Key === 'two.bin')
      await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 2, Body }))
  }
  await page.reload()
  await expect(card.getByRole('listitem')).toHaveCount(3)
  const two = card.getByRole('listitem').filter({ hasText: 'two.bin' })
  await expect(two).toContainText('2 parts')
  await two.getByRole('button').click()
  const question = page.getByRole('alertdialog')
  await question.getByRole('button', { name: m.common.cancel }).click()
  await expect(card.getByRole('listitem')).toHaveCount(3)
  await two.getByRole('button').click()
  await question.getByRole('button', { name: m.buckets.unfinished.remove }).click()
  await expect(card.getByRole('listitem')).toHaveCount(2)
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }))
  expect(Uploads.map(({ Key }) => Key)).toEqual(['one.bin', 'three.bin'])

  await card.getByRole('button', { name: m.buckets.unfinished.removeAll.replace('{count}', '2') }).click()
  await question.getByRole('button', { name: m.buckets.unfinished.remove }).click()
  await expect(card.getByText(m.buckets.unfinished.none)).toBeVisible()
  expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).toEqual([])
})
