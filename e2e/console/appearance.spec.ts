import { CreateMultipartUploadCommand, PutObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3'
import { Coffer } from '../coffer.ts'
import { bucketName, expect, onceInEach, test } from '../fixtures.ts'
import { inEachLanguage } from './look.ts'
import { carrySession, LANGUAGES } from './pages.ts'

/** A bucket with a folder, files in two methods, and uploads that nobody finished. */
const bucketToLookAt = onceInEach(async (coffer, s3) => {
  const Bucket = bucketName('look')
  await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, {
    name: Bucket,
    encryption: { kind: 'managed-key', suite: 'AES256' },
  })
  const put = (Key: string, more: object = {}) => {
    const Body = Buffer.alloc(20_000, Key)
    return s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'text/plain', ...more }))
  }
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
  for (const Key of ['results/2026/run-2.tar', 'stacks/embryo-12h.ome.tif']) {
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }))
    const part = { Bucket, Key, UploadId, PartNumber: 1, Body: Buffer.alloc(5 * 2 ** 20) }
    await s3.send(new UploadPartCommand(part))
  }
  return Bucket
})

/** Every page in both languages and both themes: it shows, axe finds nothing grave, and it can be looked at. */
inEachLanguage('pages', (_, m, look) => {
  test('signing in, buckets, files and their encryption, access keys', async ({
    page,
    context,
    coffer,
    s3,
  }) => {
    const bucket = await bucketToLookAt(coffer, s3)

    await test.step('before signing in', async () => {
      await page.goto(`${coffer.consoleUrl}/sign-in`)
      await expect(page.getByRole('heading', { name: m.auth.signInTitle })).toBeVisible()
      await look(page, 'sign-in')
      await page.goto(`${coffer.consoleUrl}/welcome?token=none`)
      await expect(page.getByRole('heading', { name: m.auth.linkEndedTitle })).toBeVisible()
      await look(page, 'welcome-ended')
      const fresh = await Coffer.start()
      try {
        await page.goto(fresh.welcomeUrl)
        await expect(page.getByRole('button', { name: m.auth.create })).toBeVisible()
        await look(page, 'welcome')
      } finally {
        await fresh.destroy()
      }
    })

    await carrySession(context, coffer)
    await test.step('buckets', async () => {
      await page.goto(`${coffer.consoleUrl}/buckets`)
      await expect(page.getByRole('link', { name: bucket })).toBeVisible()
      await look(page, 'buckets')
      await page.getByRole('button', { name: m.buckets.create }).first().click()
      await page.getByLabel(m.buckets.name).fill('microscopy-2026')
      await look(page, 'create-bucket')
    })

    await test.step('files and their encryption', async () => {
      await page.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
      await expect(page.getByText('protocol.pdf')).toBeVisible()
      await look(page, 'files')
      await page.getByRole('button', { name: m.objects.upload }).first().click()
      await page
        .getByRole('dialog')
        .locator('input[type=file]:not([webkitdirectory])')
        .setInputFiles([
          { name: 'spectrum-01.csv', mimeType: 'text/csv', buffer: Buffer.alloc(40_000, '1') },
          { name: 'spectrum-02.csv', mimeType: 'text/csv', buffer: Buffer.alloc(90_000, '2') },
        ])
      await look(page, 'upload')
      await page
        .getByRole('dialog')
        .locator('input[type=file]:not([webkitdirectory])')
        .setInputFiles({ name: 'spectrum-02.csv', mimeType: 'text/csv', buffer: Buffer.alloc(95_000, '3') })
      await context.clearCookies({ name: 'coffer_session' })
      await page.getByRole('button', { name: m.upload.start, exact: true }).click()
      await expect(page.getByRole('link', { name: m.auth.signInInNewTab })).toBeVisible()
      await look(page, 'upload-signed-out')
      await carrySession(context, coffer)
      page.once('dialog', (question) => void question.accept())
      await page.goto(`${coffer.consoleUrl}/buckets/${bucket}/object?key=readme.md`)
      await expect(page.getByText(m.encryption.encryptedTitle, { exact: true })).toBeVisible()
      await look(page, 'file')
      await page.goto(`${coffer.consoleUrl}/buckets/${bucket}/settings`)
      await expect(page.getByRole('heading', { name: m.encryption.defaultEncryption })).toBeVisible()
      await look(page, 'bucket-settings')
      await page.getByText('stacks/embryo-12h.ome.tif').scrollIntoViewIfNeeded()
      await look(page, 'unfinished-uploads')
      await page.getByRole('button', { name: m.buckets.unfinished.removeAll.replace('{count}', '2') }).click()
      await look(page, 'remove-unfinished-uploads')
    })

    await test.step('access keys and how to connect', async () => {
      await page.goto(`${coffer.consoleUrl}/access-keys`)
      await expect(page.getByRole('heading', { level: 1, name: m.accessKeys.title })).toBeVisible()
      await expect(page.getByText(m.connect.title)).toBeVisible()
      await look(page, 'access-keys')
    })
  })
})

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
    // Somebody else who got hold of the link, and is slower.
    const other = await (await browser.newContext({ locale: 'en-US' })).newPage()
    await other.goto(fresh.welcomeUrl)
    await page.getByRole('button', { name: m.create }).click()
    await expect(
      page.getByRole('heading', { level: 1, name: LANGUAGES.en.messages.buckets.title }),
    ).toBeVisible()
    await other.getByLabel(m.name).fill('Mallory')
    await other.getByLabel(m.email).fill('mallory@example.org')
    await other.getByLabel(m.password, { exact: true }).fill('the link must not work twice')
    await other.getByRole('button', { name: m.create }).click()
    await expect(other.getByRole('heading', { name: m.linkEndedTitle })).toBeVisible()
    await other.goto(fresh.welcomeUrl)
    await expect(other.getByRole('heading', { name: m.linkEndedTitle })).toBeVisible()
    await other.getByRole('link', { name: m.signIn }).click()
    await expect(other.getByRole('heading', { name: m.signInTitle })).toBeVisible()
  } finally {
    await fresh.destroy()
  }
})
