import { HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { Locator, Page } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { expect, personName, test } from '../fixtures.ts'
import { BYTES, createBucket, createKey, fill, MIXED, mixedBucket } from './jobs.ts'
import { joinAs } from './members.ts'
import { carrySession, expectAccessible, LANGUAGES } from './pages.ts'

const m = LANGUAGES.en.messages
const j = m.jobs
const target = m.encryption.target.methods

test.use({ locale: 'en-US' })

const head = (s3: S3Client, Bucket: string, Key: string) => s3.send(new HeadObjectCommand({ Bucket, Key }))

/** Opens the dialog by the menu, for the scope that is said beneath its name. */
async function openDialog(page: Page, scope: string): Promise<Locator> {
  await page.getByRole('button', { name: j.more }).click()
  await page.getByRole('menuitem', { name: `${j.modify} ${scope}` }).click()
  return page.getByRole('dialog')
}

async function plan(dialog: Locator, method: string): Promise<void> {
  await dialog.getByRole('radio', { name: method, exact: true }).click()
  await dialog.getByRole('button', { name: j.makePlan, exact: true }).click()
}

/** The objects of one row of the plan. */
function planned(within: Locator, row: string): Locator {
  return within
    .getByRole('table', { name: j.plan.title })
    .getByRole('row', { name: row })
    .getByRole('cell')
    .nth(1)
}

/** The figure under a label in a list of figures. */
function figure(within: Locator, label: string): Locator {
  return within.locator('dl > div').filter({ hasText: label }).locator('dd')
}

async function expectComplete(page: Page): Promise<Locator> {
  const progress = page.getByRole('region', { name: j.progress.title })
  await expect(page.locator('header').getByText(j.states.Complete, { exact: true })).toBeVisible({
    timeout: 30_000,
  })
  await expect(progress.getByText('100%')).toBeVisible()
  return progress
}

test('a whole bucket: plan, job, failed list, report and undo', async ({ page, context, coffer, s3 }) => {
  const own = await createKey(coffer, 'own')
  const bucket = await mixedBucket(coffer, s3, 'jobs', own.keyId)
  const { arn } = await coffer.projectKey()
  const before = await head(s3, bucket, 'own-key/run-00.csv')
  const rewraps = MIXED['service-managed'] + MIXED['own-key']
  const all = Object.values(MIXED).reduce((sum, count) => sum + count, 0)
  await carrySession(context, coffer)

  await page.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
  const dialog = await openDialog(page, j.scopes.bucket)
  await expectAccessible(page)
  await plan(dialog, target['managed-key'].label)
  await expect(planned(dialog, j.plan.rewrapped.label)).toHaveText(String(rewraps))
  await expect(planned(dialog, j.plan.rewritten.label)).toHaveText(String(MIXED.plaintext))
  await expect(planned(dialog, j.plan.unchanged.label)).toHaveText(String(MIXED['project-key']))
  await expect(planned(dialog, j.plan.reasons['customer-key'])).toHaveText(String(MIXED.customer))
  await expect(figure(dialog, j.plan.objects)).toHaveText(String(all))
  const kib = ((all * BYTES) / 1024).toLocaleString('en-US', { maximumSignificantDigits: 3 })
  await expect(figure(dialog, j.plan.bytes)).toHaveText(`${kib} KiB`)
  await expectAccessible(page)
  await dialog
    .getByRole('button', { name: fill(j.confirm, { count: rewraps + MIXED.plaintext }), exact: true })
    .click()
  await dialog.getByRole('link', { name: j.show }).click()

  const progress = await expectComplete(page)
  await expect(figure(progress, j.outcomes.rewrapped)).toHaveText(String(rewraps))
  await expect(figure(progress, j.outcomes.rewritten)).toHaveText(String(MIXED.plaintext))
  await expect(figure(progress, j.outcomes.unchanged)).toHaveText(String(MIXED['project-key']))
  await expect(figure(progress, j.outcomes.failed)).toHaveText(String(MIXED.customer))
  for (const Key of ['plaintext/run-00.csv', 'service-managed/run-07.csv', 'own-key/run-00.csv'])
    expect((await head(s3, bucket, Key)).SSEKMSKeyId).toBe(arn)
  expect((await head(s3, bucket, 'own-key/run-00.csv')).LastModified).toEqual(before.LastModified)
  await expectAccessible(page)

  const results = page.getByRole('table', { name: j.results.title })
  await expect(results.getByRole('row')).toHaveCount(MIXED.customer + 1)
  await expect(results.getByRole('row').nth(1)).toContainText(m.errors.CustomerKeyRequired.title)
  await page.getByRole('button', { name: j.actions['retry-failed'] }).click()
  await expectComplete(page)
  await expect(figure(progress, j.outcomes.failed)).toHaveText(String(MIXED.customer))

  const downloading = page.waitForEvent('download')
  await page.getByRole('link', { name: j.results.report }).click()
  const report = readFileSync(await (await downloading).path(), 'utf8')
    .trimEnd()
    .split(/\r?\n/)
  expect(report).toHaveLength(all + 1)
  expect(report.filter((line) => line.includes('CustomerKeyRequired'))).toHaveLength(MIXED.customer)

  await page.getByRole('button', { name: j.undo.action }).click()
  const undo = page.getByRole('region', { name: j.plan.title }).first()
  await expect(planned(undo, j.plan.rewrapped.label)).toHaveText(String(rewraps))
  await undo.getByRole('button', { name: fill(j.confirm, { count: rewraps }), exact: true }).click()
  await expectComplete(page)
  expect((await head(s3, bucket, 'service-managed/run-07.csv')).ServerSideEncryption).toBe('AES256')
  expect((await head(s3, bucket, 'own-key/run-00.csv')).SSEKMSKeyId).toBe(own.arn)
  expect((await head(s3, bucket, 'plaintext/run-00.csv')).SSEKMSKeyId).toBe(arn)

  await page.getByRole('link', { name: j.title }).first().click()
  await expect(page.getByRole('row', { name: fill(j.selection.bucket, { bucket }) })).toContainText(
    fill(j.failedCount, { count: MIXED.customer }),
  )
  await expectAccessible(page)
})

test('a file and a folder, by keyboard: what takes encryption away asks twice; a plan can be dropped', async ({
  page,
  context,
  coffer,
  s3,
}) => {
  const bucket = await createBucket(coffer, 'ticked')
  for (const Key of ['one.txt', 'folder/two.txt', 'folder/deep/three.txt', 'other.txt'])
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Key, ServerSideEncryption: 'AES256' }))
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
  for (const name of ['one.txt', 'folder'])
    await page
      .getByRole('checkbox', { name: m.objects.select.replace('{name}', name), exact: true })
      .press('Space')
  await page.getByRole('button', { name: j.more }).press('Enter')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText(fill(j.selection.both, { files: 1, folders: 1, bucket }))).toBeVisible()
  await plan(dialog, target.none.label)
  await expect(planned(dialog, j.plan.rewritten.label)).toHaveText('3')
  await expect(dialog.getByText(fill(j.weakens.title, { count: 3 }))).toBeVisible()
  await expectAccessible(page)
  const confirm = dialog.getByRole('button', { name: fill(j.confirmNone, { count: 3 }) })
  await expect(confirm).toBeDisabled()

  // another choice drops this plan
  await dialog.getByRole('button', { name: j.back, exact: true }).click()
  await plan(dialog, target['service-key'].label)
  await expect(dialog.getByText(j.advice.allSo)).toBeVisible()
  await dialog.getByRole('button', { name: j.back, exact: true }).click()
  await plan(dialog, target.none.label)
  await dialog.getByRole('checkbox', { name: j.weakens.understood }).click()
  await confirm.click()
  await expect(dialog.getByText(j.states.Complete, { exact: true })).toBeVisible({ timeout: 30_000 })
  await dialog.getByRole('button', { name: m.common.close, exact: true }).last().click()
  await expect(page.getByRole('row', { name: 'one.txt' })).toContainText(m.encryption.notEncrypted)
  expect((await head(s3, bucket, 'folder/deep/three.txt')).ServerSideEncryption).toBeUndefined()
  expect((await head(s3, bucket, 'other.txt')).ServerSideEncryption).toBe('AES256')

  // only what was confirmed is left among the jobs
  await page.goto(`${coffer.consoleUrl}/jobs`)
  const title = fill(j.selection.both, { files: 1, folders: 1, bucket })
  await expect(page.getByRole('row', { name: title })).toHaveCount(1)
})

test('a job is limited, seen from every page, paused, resumed and cancelled', async ({
  page,
  context,
  coffer,
  s3,
}) => {
  const bucket = await createBucket(coffer, 'paced')
  await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: `f-${index}`,
          Body: 'x',
          ServerSideEncryption: 'AES256',
        }),
      ),
    ),
  )
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
  const dialog = await openDialog(page, j.scopes.bucket)
  await plan(dialog, target['managed-key'].label)
  await dialog.getByRole('link', { name: j.decideLater }).click()
  await page.getByRole('button', { name: j.throttle.change }).click()
  await page.getByRole('dialog').getByLabel(j.throttle.objects).fill('1')
  await page.getByRole('dialog').getByRole('button', { name: m.common.save, exact: true }).click()
  await expect(page.getByText(fill(j.throttle.atMostObjects, { number: 1 }))).toBeVisible()
  await page.getByRole('button', { name: fill(j.confirm, { count: 40 }), exact: true }).click()
  const header = page.locator('main header').first()
  await expect(header.getByText(j.states.Active, { exact: true })).toBeVisible()
  await expect(
    page
      .locator('header')
      .first()
      .getByRole('link', { name: /^Job: \d+%$/ }),
  ).toBeVisible()
  await page.getByRole('button', { name: j.actions.pause }).click()
  await expect(header.getByText(j.states.Paused, { exact: true })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: j.actions.resume }).click()
  await expect(header.getByText(j.states.Active, { exact: true })).toBeVisible()
  await page.getByRole('button', { name: j.actions.cancel }).click()
  await expect(page.getByRole('alertdialog').getByText(j.cancelling.rest)).toBeVisible()
  await page.getByRole('alertdialog').getByRole('button', { name: j.actions.cancel }).click()
  await expect(header.getByText(j.states.Cancelled, { exact: true })).toBeVisible()
  const untouched = await Promise.all(
    Array.from(
      { length: 40 },
      async (_, index) => (await head(s3, bucket, `f-${index}`)).ServerSideEncryption,
    ),
  )
  expect(untouched.filter((method) => method === 'AES256').length).toBeGreaterThan(20)
})

test('a rotation offers to re-wrap what hangs on older versions', async ({ page, context, coffer, s3 }) => {
  const key = await createKey(coffer, 'rotated')
  const bucket = await createBucket(coffer, 'rotated')
  for (const Key of ['a', 'b', 'c'])
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key,
        Body: Key,
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId: key.keyId,
        SSEKMSEncryptionContext: Buffer.from('{"study":"spring"}').toString('base64'),
      }),
    )
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/keys/${key.keyId}`)
  await page.getByRole('button', { name: m.keys.actions.rotate.name }).first().click()
  await page.getByRole('alertdialog').getByRole('button', { name: m.keys.actions.rotate.confirm }).click()
  const offer = page.getByRole('dialog', { name: fill(j.rewrap.rotated, { version: 2 }) })
  await expect(offer.getByText(fill(j.rewrap.older, { count: 3 }))).toBeVisible()
  await expectAccessible(page)
  await offer.getByRole('button', { name: j.rewrap.later }).click()

  const versions = page.getByRole('region', { name: m.keys.versions.title })
  await versions.getByRole('button', { name: fill(j.rewrap.action, { version: 2 }) }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('radio', { name: target['newest-version'].label })).toBeChecked()
  await dialog.getByRole('button', { name: j.makePlan, exact: true }).click()
  await expect(planned(dialog, j.plan.rewrapped.label)).toHaveText('3')
  await expect(dialog.getByText(j.advice.onlyRewraps)).toBeVisible()
  await dialog.getByRole('button', { name: fill(j.confirm, { count: 3 }), exact: true }).click()
  await expect(dialog.getByText(j.states.Complete, { exact: true })).toBeVisible({ timeout: 30_000 })
  await dialog.getByRole('button', { name: m.common.close, exact: true }).last().click()
  await expect(versions.getByRole('row').nth(1).getByRole('cell').last()).toHaveText('3', { timeout: 30_000 })
  await expect(versions.getByText(fill(j.rewrap.older, { count: 3 }))).toHaveCount(0)
})

test('who may only look sees jobs and is told why no plan is made', async ({ page, context, coffer, s3 }) => {
  const bucket = await createBucket(coffer, 'looked-at')
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'a.txt', Body: 'a' }))
  await carrySession(context, coffer, await joinAs(coffer, 'reader', personName('Rita')))
  await page.goto(`${coffer.consoleUrl}/jobs`)
  await expect(page.getByRole('heading', { level: 1, name: j.title })).toBeVisible()
  await page.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
  const dialog = await openDialog(page, j.scopes.bucket)
  await plan(dialog, target['managed-key'].label)
  await expect(dialog.getByRole('alert')).toContainText(m.errors.AccessDenied.title)
  await page.goto(`${coffer.consoleUrl}/jobs/no-such-job`)
  await expect(page.getByText(m.errors.NoSuchJob.title)).toBeVisible()
  await expectAccessible(page)
})
