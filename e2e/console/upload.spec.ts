import { GetObjectCommand, HeadObjectCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3'
import type { BrowserContext, Locator, Page, Route } from '@playwright/test'
import { writeFileSync } from 'node:fs'
import { ADMINISTRATOR, type Coffer } from '../coffer.ts'
import { bucketName, expect, test } from '../fixtures.ts'
import { carrySession, LANGUAGES } from './pages.ts'

const m = LANGUAGES.en.messages

test.use({ locale: 'en-US' })

interface Opened {
  bucket: string
  dialog: Locator
}

/** A bucket of its own, and the dialog that uploads into it. */
async function openUpload(page: Page, context: BrowserContext, coffer: Coffer): Promise<Opened> {
  const bucket = bucketName('upload')
  await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, {
    name: bucket,
    encryption: { kind: 'none' },
  })
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/buckets`)
  await page.getByRole('link', { name: bucket, exact: true }).click()
  await page.getByRole('button', { name: m.objects.upload }).first().click()
  return { bucket, dialog: page.getByRole('dialog') }
}

interface Named {
  name: string
  text: string
}

/** As the file picker gives them; all with one date. */
async function choose(dialog: Locator, files: Named[]): Promise<void> {
  await dialog.locator('input[type=file]:not([webkitdirectory])').evaluate((input, files) => {
    const data = new DataTransfer()
    for (const { name, text } of files) data.items.add(new File([text], name, { lastModified: 0 }))
    ;(input as HTMLInputElement).files = data.files
    input.dispatchEvent(new Event('change', { bubbles: true }))
  }, files)
}

const start = (dialog: Locator) => dialog.getByRole('button', { name: m.upload.start, exact: true }).click()

/** Holds uploads of a key back until `release` is called. */
async function holdUploads(page: Page, key: RegExp) {
  const held: Route[] = []
  const sent: string[] = []
  let released = false
  await page.route('**/upload?*', async (route) => {
    const name = new URL(route.request().url()).searchParams.get('key') ?? ''
    sent.push(name)
    if (released || !key.test(name)) return route.continue()
    held.push(route)
  })
  const release = async () => {
    released = true
    await Promise.all(held.splice(0).map((route) => route.continue()))
  }
  return { sent, release, count: () => held.length }
}

const stored = (count: number): string => (count === 1 ? '1 file is stored.' : `${count} files are stored.`)

test('of one name the later choice is stored, and files are told apart by their whole name', async ({
  page,
  context,
  coffer,
  s3,
}) => {
  const { bucket, dialog } = await openUpload(page, context, coffer)
  const textOf = async (Key: string) =>
    (await s3.send(new GetObjectCommand({ Bucket: bucket, Key }))).Body?.transformToString()
  const { sent, release } = await holdUploads(page, /./)
  await choose(dialog, [
    { name: 'same.txt', text: 'older' },
    { name: 'same.txt', text: 'other' },
    { name: 'Other.txt', text: '1' },
    { name: 'other.txt', text: '2' },
  ])
  await expect(dialog.getByRole('listitem')).toHaveCount(3)
  await choose(dialog, [{ name: 'same.txt', text: 'newer' }])
  await expect(dialog.getByRole('listitem')).toHaveCount(3)
  await expect(dialog.getByText(m.upload.sameName.replaces)).toBeVisible()
  await start(dialog)
  await expect.poll(() => sent.length).toBe(3)

  // While it is being sent, the same name waits for its end.
  await choose(dialog, [{ name: 'same.txt', text: 'latest' }])
  await expect(dialog.getByText(m.upload.sameName.follows)).toBeVisible()
  expect(sent.filter((key) => key === 'same.txt')).toHaveLength(1)
  await release()
  await expect(dialog.getByText(stored(3))).toBeVisible()
  expect(sent.filter((key) => key === 'same.txt')).toHaveLength(2)
  expect(await textOf('same.txt')).toBe('latest')
  expect([await textOf('Other.txt'), await textOf('other.txt')]).toEqual(['1', '2'])
})

test('a file that failed is not sent after one of the same name that was chosen later', async ({
  page,
  context,
  coffer,
  s3,
}) => {
  const { bucket, dialog } = await openUpload(page, context, coffer)
  let fail: () => Promise<void>
  const began = new Promise<void>((resolve) => {
    void page.route(
      '**/upload?*',
      (route) => {
        fail = () =>
          route.fulfill({ status: 500, json: { code: 'InternalError', facts: {}, requestId: 'r' } })
        resolve()
      },
      { times: 1 },
    )
  })
  await choose(dialog, [{ name: 'same.txt', text: 'older' }])
  await start(dialog)
  await began
  await choose(dialog, [{ name: 'same.txt', text: 'newer' }])
  await fail!()
  await expect(dialog.getByText(stored(1))).toBeVisible()
  await expect(dialog.getByRole('listitem')).toHaveCount(1)
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'same.txt' }))
  expect(await Body?.transformToString()).toBe('newer')
})

test('only files that are being sent show progress', async ({ page, context, coffer }) => {
  const { dialog } = await openUpload(page, context, coffer)
  const { release, count } = await holdUploads(page, /./)
  await choose(
    dialog,
    Array.from({ length: 6 }, (_, index) => ({ name: `${index}.txt`, text: 'measured' })),
  )
  await start(dialog)
  await expect.poll(count).toBe(4)
  const bars = dialog.getByRole('listitem').getByRole('progressbar')
  const sending = bars.or(dialog.getByRole('listitem').getByText(m.upload.storing))
  await expect(sending).toHaveCount(4)
  await release()
  await expect(dialog.getByText(stored(6))).toBeVisible()
})

/** Real drag events, from outside the browser. */
async function drag(page: Page, path: string, over: { x: number; y: number }[], end: 'drop' | 'dragCancel') {
  const cdp = await page.context().newCDPSession(page)
  const data = { items: [], files: [path], dragOperationsMask: 1 }
  const last = over.at(-1)!
  await cdp.send('Input.dispatchDragEvent', { type: 'dragEnter', ...over[0]!, data })
  for (const place of over) await cdp.send('Input.dispatchDragEvent', { type: 'dragOver', ...place, data })
  await cdp.send('Input.dispatchDragEvent', { type: end, ...last, data })
  await cdp.detach()
}

test('files dropped while others are sent are sent, too, and leave no overlay behind', async ({
  page,
  context,
  coffer,
  s3,
}, testInfo) => {
  const { bucket, dialog } = await openUpload(page, context, coffer)
  const path = testInfo.outputPath('dropped.txt')
  writeFileSync(path, 'dropped')
  const { release, count } = await holdUploads(page, /first/)
  await choose(dialog, [{ name: 'first.txt', text: 'first' }])
  await start(dialog)
  await expect.poll(count).toBe(1)
  const box = (await dialog.boundingBox())!
  const beside = { x: 5, y: box.y + 5 }
  const title = { x: box.x + 60, y: box.y + 30 }
  await drag(page, path, [beside, title], 'drop')
  await expect(dialog.getByRole('listitem')).toHaveCount(2)
  await release()
  await expect(dialog.getByText(stored(2))).toBeVisible()
  await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'dropped.txt' }))
  await dialog.getByRole('button', { name: m.upload.done }).click()
  await expect(page.getByRole('link', { name: 'dropped.txt' })).toBeVisible()
  await expect(page.getByText(m.objects.dropToUpload)).toHaveCount(0)

  const table = (await page.getByRole('table', { name: m.objects.list }).boundingBox())!
  const inside = { x: table.x + 40, y: table.y + 20 }
  await drag(page, path, [inside, { x: inside.x + 200, y: inside.y + 40 }], 'dragCancel')
  await expect(page.getByText(m.objects.dropToUpload)).toHaveCount(0)
  await drag(page, path, [inside], 'drop')
  await expect(dialog.getByRole('listitem')).toHaveCount(1)
  await expect(page.getByText(m.objects.dropToUpload)).toHaveCount(0)
})

test('going back leaves the uploads running', async ({ page, context, coffer, s3 }) => {
  const { bucket, dialog } = await openUpload(page, context, coffer)
  const { release, count } = await holdUploads(page, /./)
  await choose(dialog, [{ name: 'kept.txt', text: 'kept' }])
  await start(dialog)
  await expect.poll(count).toBe(1)
  await page.goBack()
  await expect(page).toHaveURL(/\/buckets\?project=/)
  await expect(dialog.getByText(`${bucket}/`)).toBeVisible()
  await release()
  await expect(dialog.getByText(stored(1))).toBeVisible()
  await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'kept.txt' }))
})

test('a session that ends loses no chosen file: sign in elsewhere, and go on', async ({
  page,
  context,
  coffer,
}) => {
  const { dialog } = await openUpload(page, context, coffer)
  await choose(dialog, [{ name: 'kept.txt', text: 'kept' }])
  await context.clearCookies({ name: 'coffer_session' })
  await start(dialog)
  await expect(dialog.getByText(m.upload.signedOut, { exact: true })).toBeVisible()
  const asked = page.waitForResponse((response) => response.status() === 401)
  await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')))
  await asked
  await expect(dialog.getByText('kept.txt')).toBeVisible()

  const opening = context.waitForEvent('page')
  await dialog.getByRole('link', { name: m.auth.signInInNewTab }).click()
  const tab = await opening
  await tab.getByLabel(m.auth.email).fill(ADMINISTRATOR.email)
  await tab.getByLabel(m.auth.password, { exact: true }).fill(ADMINISTRATOR.password)
  await tab.getByRole('button', { name: m.auth.signIn }).click()
  await expect(tab.getByRole('heading', { level: 1, name: m.buckets.title })).toBeVisible()
  await tab.close()
  await dialog.getByRole('button', { name: m.upload.retry.replace('{name}', 'kept.txt') }).click()
  await expect(dialog.getByText(stored(1))).toBeVisible()
  await expect(dialog.getByText(m.upload.signedOut, { exact: true })).toHaveCount(0)
})

test('the keyboard keeps its place while files are uploaded', async ({ page, context, coffer }) => {
  const { dialog } = await openUpload(page, context, coffer)
  const { release, count } = await holdUploads(page, /./)
  await choose(dialog, [{ name: 'one.txt', text: 'one' }])
  await dialog.getByRole('button', { name: m.upload.start, exact: true }).press('Enter')
  await expect.poll(count).toBe(1)
  const summary = dialog.getByRole('group', { name: m.upload.state })
  await expect(summary).toBeFocused()
  await page.keyboard.press('Escape')
  const stay = dialog.getByRole('button', { name: m.upload.stay })
  await expect(stay).toBeFocused()
  await stay.press('Enter')
  await expect(summary).toBeFocused()
  await release()
  await expect(dialog.getByText(stored(1))).toBeVisible()
})

test('the dialog says what becomes of a file that is there already', async ({
  page,
  context,
  coffer,
  s3,
}) => {
  const { bucket, dialog } = await openUpload(page, context, coffer)
  const says = (words: string) => dialog.getByText(words.replace('{place}', `${bucket}/`))
  await expect(says(m.upload.destination.unversioned)).toBeVisible()
  for (const Status of ['Enabled', 'Suspended'] as const) {
    await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status } }))
    await page.reload()
    await page.getByRole('button', { name: m.objects.upload }).first().click()
    await expect(says(m.upload.destination[Status])).toBeVisible()
  }
})
