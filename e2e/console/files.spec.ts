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
