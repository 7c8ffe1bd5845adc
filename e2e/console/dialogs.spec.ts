import { expect, test } from '../fixtures.ts'
import { carrySession, LANGUAGES } from './pages.ts'

const m = LANGUAGES.en.messages

test.use({ locale: 'en-US' })

/** Beside every dialog: at the left edge, half way down. */
const BESIDE = [4, 400] as const

test('a click beside a form loses nothing of it; where nothing was filled in, it closes', async ({
  page,
  context,
  coffer,
}) => {
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/buckets`)
  await page.getByRole('button', { name: m.buckets.create }).first().click()
  await page.getByLabel(m.buckets.name).fill('half-a-name')
  await page.mouse.click(...BESIDE)
  await expect(page.getByLabel(m.buckets.name)).toHaveValue('half-a-name')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)

  await page.goto(`${coffer.consoleUrl}/audit`)
  await page.getByRole('button', { name: m.audit.chain.action, exact: true }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.mouse.click(...BESIDE)
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

test('what is shown only once stays until somebody says that it is kept', async ({
  page,
  context,
  coffer,
}) => {
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/access-keys`)
  await page.getByRole('button', { name: m.accessKeys.create }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: m.accessKeys.createAction, exact: true }).click()
  const secret = dialog.getByLabel(m.accessKeys.secret, { exact: true })
  await expect(secret).toHaveValue(/^[A-Za-z0-9]{40}$/)
  await page.keyboard.press('Escape')
  await page.mouse.click(...BESIDE)
  await expect(dialog.getByRole('button', { name: m.common.close })).toHaveCount(0)
  await expect(secret).toBeVisible()
  await dialog.getByRole('button', { name: m.accessKeys.kept }).click()
  await expect(dialog).toHaveCount(0)

  await page.goto(`${coffer.consoleUrl}/members`)
  await page.getByRole('button', { name: m.members.invite.action }).click()
  await dialog.getByLabel(m.members.invite.email).fill('held@example.org')
  await dialog.getByRole('button', { name: m.members.invite.create }).click()
  await expect(dialog.getByLabel(m.members.invite.link)).toHaveValue(/token=/)
  await page.keyboard.press('Escape')
  await expect(dialog.getByLabel(m.members.invite.link)).toBeVisible()
  await dialog.getByRole('button', { name: m.members.invite.done }).click()
  await expect(dialog).toHaveCount(0)
})
