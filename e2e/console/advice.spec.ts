import { bucketName, expect, test } from '../fixtures.ts'
import { ADMINISTRATOR } from '../coffer.ts'
import { carrySession, LANGUAGES } from './pages.ts'

const m = LANGUAGES.en.messages

test.use({ locale: 'en-US' })

test('what went wrong is said of what was done: a password, a key, a file that is not there', async ({
  page,
  context,
  coffer,
}) => {
  await page.goto(`${coffer.consoleUrl}/sign-in`)
  await page.getByLabel(m.auth.email).fill(ADMINISTRATOR.email)
  await page.getByLabel(m.auth.password, { exact: true }).fill('not the password at all')
  await page.getByRole('button', { name: m.auth.signIn }).click()
  const alert = page.getByRole('alert').filter({ hasText: m.errors.InvalidCredentials.title })
  await expect(alert).toHaveText(/Check e-mail and password\.$/)

  await carrySession(context, coffer)
  for (const keyId of ['nope', '00000000-0000-4000-8000-000000000000']) {
    await page.goto(`${coffer.consoleUrl}/keys/${keyId}`)
    await expect(page.getByRole('heading', { name: m.keys.notThere.title })).toBeVisible()
    await expect(page.getByText(keyId)).toBeVisible()
  }

  const bucket = bucketName('nothing-in-it')
  const encryption = { kind: 'none' }
  await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, { name: bucket, encryption })
  await page.goto(`${coffer.consoleUrl}/buckets/${bucket}/object?key=gone.txt`)
  await expect(page.getByText(m.errors.NoSuchKey.title)).toBeVisible()
  await expect(page.getByRole('button', { name: m.proof.run })).toHaveCount(0)
})
