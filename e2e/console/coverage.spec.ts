import { PutBucketVersioningCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { Coffer } from '../coffer.ts'
import { bucketName, expect, onceInEach, test } from '../fixtures.ts'
import { fill } from './jobs.ts'
import { inEachLanguage } from './look.ts'
import { carrySession, LANGUAGES, type Messages } from './pages.ts'

/** A bucket without default encryption: plaintext, two methods, two folders. */
const prepared = onceInEach(async (coffer, s3) => {
  const name = bucketName('survey')
  await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, {
    name,
    encryption: { kind: 'none' },
  })
  const put = (key: string, bytes: number, more: object = {}): Promise<unknown> =>
    s3.send(new PutObjectCommand({ Bucket: name, Key: key, Body: Buffer.alloc(bytes), ...more }))
  for (let i = 0; i < 6; i++) await put(`2025/site-${i}.csv`, 2_000_000 * (i + 1))
  for (let i = 0; i < 9; i++)
    await put(`2026/raw/site-${i}.csv`, 40_000 * (i + 1), { ServerSideEncryption: 'aws:kms' })
  await put('2026/final.pdf', 900_000, { ServerSideEncryption: 'AES256', Tagging: 'stage=final' })
  return name
})

/** A bucket with one file: two versions in plaintext below an encrypted one. */
async function versioned(coffer: Coffer, s3: S3Client): Promise<string> {
  const name = bucketName('versions')
  const encryption = { kind: 'none' }
  await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, { name, encryption })
  const VersioningConfiguration = { Status: 'Enabled' } as const
  await s3.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration }))
  for (const more of [{}, {}, { ServerSideEncryption: 'aws:kms' as const }])
    await s3.send(
      new PutObjectCommand({ Bucket: name, Key: 'reports/2026.csv', Body: 'x'.repeat(40_000), ...more }),
    )
  return name
}

const plaintextOf = (m: Messages, count: number): RegExp =>
  new RegExp(
    m.coverage.plaintext.includes('尚有')
      ? `尚有 ${count} 個物件未加密`
      : `${count} objects? still plaintext`,
  )

test.describe('coverage and filter', () => {
  const m = LANGUAGES.en.messages
  test.use({ locale: LANGUAGES.en.tag })

  test('from what is still plaintext to the list of it, on to other filters, and back', async ({
    page,
    context,
    coffer,
    s3,
  }) => {
    const bucket = await prepared(coffer, s3)
    await carrySession(context, coffer)
    await page.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
    const bar = page.getByRole('region', { name: m.coverage.ofBucket })
    await expect(bar.getByRole('img', { name: '10 of 16 objects encrypted' })).toBeVisible()
    await expect(bar.getByText(plaintextOf(m, 6))).toBeVisible()

    await bar.getByRole('link', { name: m.coverage.show }).click()
    await expect(page).toHaveURL(/modes=none/)
    const chips = page.getByRole('list', { name: m.filter.active })
    await expect(chips.getByText(m.jobs.modes.none)).toBeVisible()
    await expect(page.getByRole('link', { name: '2025/site-3.csv' })).toBeVisible()
    await expect(page.getByRole('link', { name: /final\.pdf/ })).toHaveCount(0)
    await expect(page.getByText('6 items')).toBeVisible()

    await page.getByRole('button', { name: new RegExp(`^${m.filter.open}`) }).click()
    const form = page.getByRole('form', { name: m.filter.label })
    await form.getByLabel(m.filter.minSize).fill('6')
    await form.getByRole('button', { name: m.filter.apply }).click()
    await expect(page).toHaveURL(/minSize=6291456/)
    await expect(page.getByText('3 items')).toBeVisible()

    await page.reload()
    await expect(page.getByText('3 items')).toBeVisible()
    await page.getByRole('button', { name: m.filter.clear }).click()
    await expect(page.getByRole('link', { name: '2026' })).toBeVisible()

    await page.goto(`${coffer.consoleUrl}/buckets/${bucket}?tagKey=stage&tagValue=final`)
    await expect(page.getByRole('link', { name: '2026/final.pdf' })).toBeVisible()
    await expect(page.getByText('1 item', { exact: true })).toBeVisible()
    await page.goto(`${coffer.consoleUrl}/buckets/${bucket}?modes=customer-key`)
    await expect(page.getByText(m.objects.noneFound)).toBeVisible()
    await page.getByRole('button', { name: m.objects.clearFilter }).click()
    await expect(page.getByRole('link', { name: '2025' })).toBeVisible()
  })

  test('a folder has a coverage of its own, and the job is about what is plaintext there', async ({
    page,
    context,
    coffer,
    s3,
  }) => {
    const bucket = await prepared(coffer, s3)
    await carrySession(context, coffer)
    await page.goto(`${coffer.consoleUrl}/buckets/${bucket}?prefix=2026/`)
    const bar = page.getByRole('region', { name: m.coverage.ofFolder })
    await expect(bar.getByText(m.coverage.allEncrypted)).toBeVisible()
    await page.goto(`${coffer.consoleUrl}/buckets/${bucket}?prefix=2025/`)
    await expect(bar.getByText(plaintextOf(m, 6))).toBeVisible()
    await bar.getByRole('button', { name: m.coverage.encrypt }).click()
    await expect(page.getByRole('dialog', { name: m.jobs.modify })).toBeVisible()
  })

  test('older versions that are counted are listed, shown, and brought along by the job', async ({
    page,
    context,
    coffer,
    s3,
  }) => {
    const bucket = await versioned(coffer, s3)
    await carrySession(context, coffer)
    await page.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
    const bar = page.getByRole('region', { name: m.coverage.ofBucket })
    await bar.getByRole('link', { name: m.coverage.show }).click()
    await expect(page).toHaveURL(/versions=all/)
    const older = page.getByRole('row').filter({ hasText: m.objects.olderVersion })
    await expect(older).toHaveCount(2)
    await expect(older.getByRole('checkbox')).toHaveCount(0)
    await page.getByRole('button', { name: new RegExp(`^${m.filter.open}`) }).click()
    await expect(page.getByRole('combobox', { name: m.filter.versions })).toHaveText(
      m.filter.versionScopes.all,
    )

    await older.first().getByRole('link').click()
    await expect(page.getByText(m.object.isOlder)).toBeVisible()
    await expect(page.getByText(m.encryption.plaintextTitle, { exact: true })).toBeVisible()
    await page.getByRole('link', { name: m.object.toCurrent }).click()
    await expect(page.getByText(m.encryption.encryptedTitle, { exact: true })).toBeVisible()

    await page.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
    await bar.getByRole('button', { name: m.coverage.encrypt }).click()
    const dialog = page.getByRole('dialog', { name: m.jobs.modify })
    await expect(dialog.getByRole('checkbox', { name: m.jobs.withOlder.include })).toBeChecked()
    await dialog.getByRole('button', { name: m.jobs.makePlan, exact: true }).click()
    await dialog.getByRole('button', { name: fill(m.jobs.confirm, { count: 2 }), exact: true }).click()
    // What was left to do is done, and what opened the dialog is gone: the dialog stays.
    await expect(page.getByText(m.coverage.allEncrypted)).toBeVisible()
    await dialog.getByRole('link', { name: m.jobs.show }).click()
    const results = page.getByRole('table', { name: m.jobs.results.title })
    await expect(results.getByTitle(new RegExp(`^${m.object.versionId}: `))).toHaveCount(2)
    await page.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
    await expect(bar.getByText(m.coverage.allEncrypted)).toBeVisible()
  })

  test('the dialog of a job goes with its page, and does not come back with it', async ({
    page,
    context,
    coffer,
    s3,
  }) => {
    const bucket = await prepared(coffer, s3)
    await carrySession(context, coffer)
    await page.goto(`${coffer.consoleUrl}/buckets`)
    await page.getByRole('link', { name: bucket, exact: true }).click()
    const bar = page.getByRole('region', { name: m.coverage.ofBucket })
    await bar.getByRole('button', { name: m.coverage.encrypt }).click()
    const dialog = page.getByRole('dialog', { name: m.jobs.modify })
    await expect(dialog).toBeVisible()
    await page.goBack()
    await expect(page.getByRole('heading', { level: 1, name: m.buckets.title })).toBeVisible()
    await expect(dialog).toHaveCount(0)
    await page.goForward()
    await expect(bar.getByRole('button', { name: m.coverage.encrypt })).toBeVisible()
    await expect(dialog).toHaveCount(0)
  })

  test('after encryption is switched on, the rest is offered', async ({ page, context, coffer, s3 }) => {
    const name = bucketName('rest')
    const encryption = { kind: 'none' }
    await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, { name, encryption })
    await s3.send(new PutObjectCommand({ Bucket: name, Key: 'k', Body: 'x' }))
    await carrySession(context, coffer)
    await page.goto(`${coffer.consoleUrl}/buckets/${name}/settings`)
    await page.getByRole('radio', { name: m.encryption.rules['project-AES256'].label }).click()
    await page.getByRole('button', { name: m.common.save, exact: true }).click()
    await expect(page.getByText('1 object is still plaintext')).toBeVisible()
    await page.getByRole('button', { name: m.coverage.encryptRest }).click()
    await expect(page.getByRole('dialog', { name: m.jobs.modify })).toBeVisible()
  })
})

inEachLanguage('coverage', (_, m, look) => {
  test('looks as it should', async ({ page, context, coffer, s3 }) => {
    const bucket = await prepared(coffer, s3)
    await carrySession(context, coffer)
    await page.goto(`${coffer.consoleUrl}/buckets`)
    await expect(page.getByRole('region', { name: m.coverage.title })).toBeVisible()
    await look(page, 'coverage-project')
    await page.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
    await expect(page.getByText(plaintextOf(m, 6))).toBeVisible()
    await look(page, 'coverage-bucket')
    await page.goto(`${coffer.consoleUrl}/buckets/${bucket}?modes=none&minSize=1048576`)
    await expect(page.getByRole('link', { name: '2025/site-3.csv' })).toBeVisible()
    await page.getByRole('button', { name: new RegExp(`^${m.filter.open}`) }).click()
    await look(page, 'coverage-filter')
    const withVersions = await versioned(coffer, s3)
    await page.goto(`${coffer.consoleUrl}/buckets/${withVersions}?versions=all`)
    await expect(page.getByRole('row').filter({ hasText: m.objects.olderVersion })).toHaveCount(2)
    await look(page, 'older-versions')
    await page.goto(`${coffer.consoleUrl}/buckets/${withVersions}`)
    await page.getByRole('row').getByRole('checkbox').nth(1).click()
    await page.getByRole('button', { name: m.objects.delete, exact: true }).click()
    await expect(page.getByText(m.objects.deleteDescription.Enabled)).toBeVisible()
    await look(page, 'delete-files')
  })
})
