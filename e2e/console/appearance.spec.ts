import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { Page } from '@playwright/test'
import { Coffer } from '../coffer.ts'
import { bucketName, expect, test } from '../fixtures.ts'
import {
  carrySession,
  expectAccessible,
  LANGUAGES,
  screen,
  THEMES,
  type Language,
  type Theme,
} from './pages.ts'

/** Every page in both languages and both themes: it shows, axe finds nothing grave, and it can be looked at. */
for (const language of Object.keys(LANGUAGES) as Language[]) {
  for (const theme of THEMES) {
    test.describe(`${language}, ${theme}`, () => {
      test.use({ locale: LANGUAGES[language].tag, colorScheme: theme })
      const m = LANGUAGES[language].messages
      const check = (page: Page, name: string): Promise<void> => settleAndCheck(page, name, language, theme)

      test('before signing in', async ({ page, coffer }) => {
        await page.goto(`${coffer.consoleUrl}/sign-in`)
        await expect(page.getByRole('heading', { name: m.auth.signInTitle })).toBeVisible()
        await check(page, 'sign-in')
        await page.goto(`${coffer.consoleUrl}/welcome?token=none`)
        await expect(page.getByRole('button', { name: m.auth.create })).toBeVisible()
        await check(page, 'welcome')
      })

      test('buckets, files and their encryption', async ({ page, context, coffer, s3 }) => {
        const bucket = bucketName('look')
        await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, {
          name: bucket,
          encryption: { kind: 'managed-key', suite: 'AES256' },
        })
        const put = (Key: string, more: object = {}) =>
          s3.send(
            new PutObjectCommand({
              Bucket: bucket,
              Key,
              Body: Buffer.alloc(20_000, Key),
              ContentType: 'text/plain',
              ...more,
            }),
          )
        await put('results/2026/run-1.csv')
        await put('protocol.pdf', {
          ServerSideEncryption: 'AES256',
          Tagging: 'team=optics',
          Metadata: { instrument: 'LSM 980' },
        })
        await put('readme.md', {
          ServerSideEncryption: 'aws:kms',
          SSEKMSEncryptionContext: Buffer.from('{"project":"optics"}').toString('base64'),
          Metadata: { note: 'first light' },
        })
        await carrySession(context, coffer)

        await page.goto(`${coffer.consoleUrl}/buckets`)
        await expect(page.getByRole('link', { name: bucket })).toBeVisible()
        await check(page, 'buckets')
        await page.getByRole('button', { name: m.buckets.create }).first().click()
        await page.getByLabel(m.buckets.name).fill('microscopy-2026')
        await check(page, 'create-bucket')

        await page.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
        await expect(page.getByText('protocol.pdf')).toBeVisible()
        await check(page, 'files')
        await page.getByRole('button', { name: m.objects.upload }).first().click()
        await page
          .getByRole('dialog')
          .locator('input[type=file]:not([webkitdirectory])')
          .setInputFiles([
            { name: 'spectrum-01.csv', mimeType: 'text/csv', buffer: Buffer.alloc(40_000, '1') },
            { name: 'spectrum-02.csv', mimeType: 'text/csv', buffer: Buffer.alloc(90_000, '2') },
          ])
        await check(page, 'upload')
        await page.goto(`${coffer.consoleUrl}/buckets/${bucket}/object?key=readme.md`)
        await expect(page.getByText(m.encryption.encryptedTitle, { exact: true })).toBeVisible()
        await check(page, 'file')
        await page.goto(`${coffer.consoleUrl}/buckets/${bucket}/settings`)
        await expect(page.getByRole('heading', { name: m.encryption.defaultEncryption })).toBeVisible()
        await check(page, 'bucket-settings')
      })

      test('access keys and how to connect', async ({ page, context, coffer }) => {
        await coffer.accessKey()
        await carrySession(context, coffer)
        await page.goto(`${coffer.consoleUrl}/access-keys`)
        await expect(page.getByRole('heading', { level: 1, name: m.accessKeys.title })).toBeVisible()
        await expect(page.getByText(m.connect.title)).toBeVisible()
        await check(page, 'access-keys')
      })
    })
  }
}

/** The first page anybody sees: a Coffer that has no administrator yet. */
test('a fresh Coffer awaits its administrator', async ({ page, browser }) => {
  const fresh = await Coffer.start()
  try {
    await page.goto(fresh.consoleUrl)
    await expect(page.getByText(LANGUAGES.en.messages.auth.awaitsText)).toBeVisible()
    await page.goto(fresh.welcomeUrl)
    const m = LANGUAGES.en.messages.auth
    await page.getByLabel(m.name).fill('Grace')
    await page.getByLabel(m.email).fill('grace@example.org')
    await page.getByLabel(m.password, { exact: true }).fill('an even quieter river')
    await page.getByRole('button', { name: m.create }).click()
    await expect(
      page.getByRole('heading', { level: 1, name: LANGUAGES.en.messages.buckets.title }),
    ).toBeVisible()
    // Somebody else who got hold of the link.
    const other = await (await browser.newContext({ locale: 'en-US' })).newPage()
    await other.goto(fresh.welcomeUrl)
    await other.getByLabel(m.name).fill('Mallory')
    await other.getByLabel(m.email).fill('mallory@example.org')
    await other.getByLabel(m.password, { exact: true }).fill('the link must not work twice')
    await other.getByRole('button', { name: m.create }).click()
    await expect(other.getByText(LANGUAGES.en.messages.errors.InvalidCredentials.title)).toBeVisible()
  } finally {
    await fresh.destroy()
  }
})

async function settleAndCheck(page: Page, name: string, language: Language, theme: Theme): Promise<void> {
  await page.waitForLoadState('networkidle')
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined))),
  )
  await screen(page, name, language, theme)
  await expectAccessible(page)
}
