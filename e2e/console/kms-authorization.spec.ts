import { Coffer } from '../coffer.ts'
import { expect, test as base } from '../fixtures.ts'
import { inEachLanguage } from './look.ts'
import { joinAs } from './members.ts'
import { carrySession, LANGUAGES } from './pages.ts'

/** A Coffer whose operator wants the step before COS clients may use the keys of a project. */
const test = base.extend<object, object>({
  coffer: [
    async ({}, use) => {
      const coffer = await Coffer.start({ COFFER_KMS_AUTHORIZATION: 'required' })
      await coffer.makeAdministrator()
      await use(coffer)
      await coffer.destroy()
    },
    { scope: 'worker', timeout: 90_000 },
  ],
})

inEachLanguage('KMS for COS clients', (_, messages, look) => {
  test('the card that asks for it', async ({ page, context, coffer }) => {
    await carrySession(context, coffer)
    await page.goto(`${coffer.consoleUrl}/keys`)
    const m = messages.keys.cosAuthorization
    await expect(page.getByRole('region', { name: m.title })).toContainText('PUT /?kms-authorization')
    await look(page, 'kms-authorization')
  })
})

test('an administrator switches it on with one click; a member is told who can', async ({
  page,
  context,
  coffer,
}) => {
  const m = LANGUAGES.en.messages.keys.cosAuthorization
  const card = page.getByRole('region', { name: m.title })
  const member = await joinAs(coffer, 'member', 'Noah Berg')
  await carrySession(context, coffer, member)
  await page.goto(`${coffer.consoleUrl}/keys`)
  await expect(card).toContainText(m.administrators)
  await expect(card.getByRole('button')).toHaveCount(0)
  await carrySession(context, coffer)
  await page.reload()
  await card.getByRole('button', { name: m.action }).click()
  await expect(page.getByText(m.done)).toBeVisible()
  await expect(card).toHaveCount(0)
  await page.goto(`${coffer.consoleUrl}/audit`)
  await expect(page.getByText('coffer:AuthorizeKeyService').first()).toBeVisible()
})
