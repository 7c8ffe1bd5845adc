import type { BrowserContext, Locator, Page, Route } from '@playwright/test'
import type { Coffer } from '../coffer.ts'
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
