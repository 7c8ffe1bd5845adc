import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { BrowserContext, Page, Route } from '@playwright/test'
import type { Coffer } from '../coffer.ts'
import { bucketName, expect, test } from '../fixtures.ts'
import { carrySession, LANGUAGES } from './pages.ts'

const m = LANGUAGES.en.messages

test.use({ locale: 'en-US' })

interface Given {
  page: Page
  context: BrowserContext
  coffer: Coffer
  s3: S3Client
}

/** A bucket that holds these keys, and its list, which one comes to from the list of buckets. */
async function openBucket({ page, context, coffer, s3 }: Given, keys: string[]): Promise<string> {
  const Bucket = bucketName('files')
  await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, {
    name: Bucket,
    encryption: { kind: 'none' },
  })
  await Promise.all(keys.map((Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))))
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/buckets`)
  await page.getByRole('link', { name: Bucket, exact: true }).click()
  return Bucket
}

/** The next request to `address` waits for what it is answered here. */
async function hold(page: Page, address: string): Promise<() => Promise<Route>> {
  let arrived: (route: Route) => void
  const held = new Promise<Route>((resolve) => (arrived = resolve))
  await page.route(address, (route) => arrived(route), { times: 1 })
  return () => held
}

const FAILURE = { status: 500, json: { code: 'InternalError', facts: {}, requestId: 'r' } }

test('a deletion under way keeps its dialog, and fails aloud when the page was left', async ({
  page,
  context,
  coffer,
  s3,
}) => {
  await openBucket({ page, context, coffer, s3 }, ['kept.txt'])
  const request = await hold(page, '**/delete?*')
  await page.getByRole('button', { name: m.objects.actionsFor.replace('{name}', 'kept.txt') }).click()
  await page.getByRole('menuitem', { name: m.objects.delete }).click()
  const dialog = page.getByRole('alertdialog')
  await dialog.getByRole('button', { name: m.common.delete, exact: true }).click()
  const route = await request()
  await expect(dialog.getByRole('button', { name: m.common.cancel })).toBeDisabled()
  await page.keyboard.press('Escape')
  await expect(dialog.getByRole('button', { name: m.common.close })).toBeDisabled()
  await expect(dialog).toBeVisible()
  await page.goBack()
  await expect(dialog).toHaveCount(0)
  await route.fulfill(FAILURE)
  await expect(page.getByText(m.errors.InternalError.title)).toBeVisible()
})

test('the keyboard stays at the list when what it stood on is gone', async ({
  page,
  context,
  coffer,
  s3,
}) => {
  await openBucket({ page, context, coffer, s3 }, ['one.txt', 'two.txt', 'three.txt'])
  const list = page.getByRole('region', { name: m.objects.list })
  const tick = page.getByRole('checkbox', { name: m.objects.select.replace('{name}', 'one.txt') })
  await tick.click()
  await page.getByRole('button', { name: m.objects.clearSelection }).press('Enter')
  await expect(list).toBeFocused()

  await tick.click()
  await page.getByRole('button', { name: m.objects.delete, exact: true }).press('Enter')
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: m.common.delete, exact: true })
    .press('Enter')
  await expect(page.getByRole('alertdialog')).toHaveCount(0)
  await expect(page.getByRole('link', { name: 'one.txt' })).toHaveCount(0)
  await expect(list).toBeFocused()
})

test('going back from a file finds the search and the place in the list', async ({
  page,
  context,
  coffer,
  s3,
}) => {
  const keys = Array.from({ length: 60 }, (_, index) => `run-${String(index).padStart(3, '0')}.csv`)
  const bucket = await openBucket({ page, context, coffer, s3 }, ['readme.md', ...keys])
  const search = page.getByRole('searchbox', { name: m.objects.search })
  await search.fill('run')
  await expect(page.getByText('60 items')).toBeVisible()
  await expect(page).toHaveURL(
    `${coffer.consoleUrl}/buckets/${bucket}?search=run&project=${coffer.projectId}`,
  )
  const list = page.getByRole('region', { name: m.objects.list })
  const top = () => list.evaluate(({ scrollTop }) => scrollTop)
  await list.evaluate((element) => element.scrollTo(0, 1500))
  const noted = () => page.evaluate(() => (history.state as { scrolled?: number }).scrolled)
  await expect.poll(noted).toBe(1500)

  await page.getByRole('link', { name: 'run-040.csv' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'run-040.csv' })).toBeVisible()
  await page.goBack()
  await expect(search).toHaveValue('run')
  await expect(page.getByRole('link', { name: 'run-040.csv' })).toBeInViewport()
  expect(await top()).toBe(1500)
  await page.reload()
  await expect(search).toHaveValue('run')
  await expect(page.getByText('60 items')).toBeVisible()
})

test('a link that is clicked while a search comes to rest is followed', async ({
  page,
  context,
  coffer,
  s3,
}) => {
  await openBucket({ page, context, coffer, s3 }, ['run.csv'])
  const next = await hold(page, '**/object?*_rsc=*')
  await page.getByRole('searchbox', { name: m.objects.search }).fill('run')
  await page.getByRole('link', { name: 'run.csv' }).click()
  await expect(page).toHaveURL(/search=run/)
  await (await next()).continue()
  await expect(page.getByRole('heading', { level: 1, name: 'run.csv' })).toBeVisible()
})

test('a folder that is there already is not made again', async ({ page, context, coffer, s3 }) => {
  await openBucket({ page, context, coffer, s3 }, ['results/run.csv'])
  const dialog = page.getByRole('dialog')
  const create = async (name: string) => {
    await page.getByRole('button', { name: m.objects.createFolder }).first().click()
    await dialog.getByLabel(m.objects.folderName).fill(name)
    await dialog.getByRole('button', { name: m.objects.createFolder }).click()
  }
  await create('results')
  await expect(dialog.getByText(m.objects.folderProblems.exists)).toBeVisible()
  await dialog.getByLabel(m.objects.folderName).fill('plans')
  await dialog.getByRole('button', { name: m.objects.createFolder }).click()
  await expect(page.getByRole('link', { name: 'plans' })).toBeVisible()
  await expect(dialog).toHaveCount(0)
  await create('plans')
  await expect(dialog.getByText(m.objects.folderProblems.exists)).toBeVisible()
})

test('a download that takes its time to begin says so', async ({ page, context, coffer, s3 }) => {
  await openBucket({ page, context, coffer, s3 }, ['large.bin'])
  const check = await hold(page, '**/download?*check=1')
  await page.getByRole('button', { name: m.objects.actionsFor.replace('{name}', 'large.bin') }).click()
  await page.getByRole('menuitem', { name: m.objects.download }).click()
  await expect(page.getByText(m.objects.preparing)).toBeVisible()
  const downloading = page.waitForEvent('download')
  await (await check()).continue()
  await downloading
  await expect(page.getByText(m.objects.preparing)).toHaveCount(0)
})
