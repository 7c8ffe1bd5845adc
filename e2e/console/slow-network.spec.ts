import { Coffer } from '../coffer.ts'
import { bucketName, expect, test } from '../fixtures.ts'
import { carrySession, LANGUAGES } from './pages.ts'

const m = LANGUAGES.en.messages

test.use({ locale: 'en-US' })

test('a click is seen to be heard while the server takes its time, and nothing moves for it', async ({
  page,
  context,
  coffer,
}) => {
  const bucket = bucketName('far-away')
  const encryption = { kind: 'none' }
  await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, { name: bucket, encryption })
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/buckets`)
  const link = page.getByRole('link', { name: bucket })
  await expect(link).toBeVisible()
  const before = await link.boundingBox()
  let answer = (): void => {}
  const held = new Promise<void>((resolve) => (answer = resolve))
  await page.route(/_rsc=/, async (route) => {
    await held
    await route.continue()
  })
  await link.click()
  const asked = page.getByRole('progressbar', { name: m.shell.loadingPage })
  await expect(asked).toBeVisible()
  expect(await link.boundingBox()).toEqual(before)
  answer()
  await expect(page.getByRole('heading', { level: 1, name: bucket })).toBeVisible()
  await expect(asked).toHaveCount(0)
})

test('while the server restarts the console stays, and a click is followed when it is back', async ({
  page,
  context,
}) => {
  const coffer = await Coffer.start()
  try {
    await coffer.makeAdministrator()
    await carrySession(context, coffer)
    await page.goto(`${coffer.consoleUrl}/buckets`)
    await expect(page.getByRole('heading', { level: 1, name: m.buckets.title })).toBeVisible()
    await coffer.stop()
    await page.getByRole('link', { name: m.accessKeys.title }).click()
    await expect(page.getByText(m.shell.reconnecting)).toBeVisible()
    await expect(page.getByRole('heading', { level: 1, name: m.buckets.title })).toBeVisible()
    await coffer.start()
    await expect(page.getByRole('heading', { level: 1, name: m.accessKeys.title })).toBeVisible()
    await expect(page.getByText(m.shell.reconnecting)).toHaveCount(0)
  } finally {
    await coffer.destroy()
  }
})
