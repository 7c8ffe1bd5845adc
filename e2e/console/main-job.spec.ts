import { HeadObjectCommand } from '@aws-sdk/client-s3'
import type { Page } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { bucketName, expect, test } from '../fixtures.ts'
import { carrySession, LANGUAGES, signIn } from './pages.ts'

const m = LANGUAGES.en.messages
const CONTENT = Buffer.from('what the laboratory measured on Tuesday\n'.repeat(2000))

test.use({ locale: 'en-US' })

/** What a browser asks when a download broke off. */
async function goesOnWithDownload(page: Page, file: string): Promise<void> {
  const whole = await page.request.get(file)
  const { etag } = whole.headers()
  const rest = await page.request.get(file, { headers: { range: 'bytes=100-', 'if-range': etag! } })
  expect(rest.status()).toBe(206)
  expect(rest.headers()['content-range']).toBe(`bytes 100-${CONTENT.length - 1}/${CONTENT.length}`)
  expect(await rest.body()).toEqual(CONTENT.subarray(100))
  const changed = await page.request.get(file, { headers: { range: 'bytes=100-', 'if-range': '"another"' } })
  expect(changed.status()).toBe(200)
  expect(await changed.body()).toEqual(CONTENT)
}

test('an encrypted upload and download, from sign-in to delete', async ({ page, coffer, s3 }) => {
  const bucket = bucketName('main')
  await signIn(page, coffer, m)

  const { keyId, arn } = await coffer.projectKey()
  await expect(page.getByText(keyId)).toBeVisible()

  await page.getByRole('button', { name: m.buckets.create }).first().click()
  await page.getByLabel(m.buckets.name).fill(bucket)
  await page.getByRole('dialog').getByRole('button', { name: m.buckets.createAction, exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: bucket })).toBeVisible()

  await page.getByRole('button', { name: m.objects.upload }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog
    .locator('input[type=file]:not([webkitdirectory])')
    .setInputFiles({ name: 'measurement 1.txt', mimeType: 'text/plain', buffer: CONTENT })
  const encrypt = dialog.getByRole('checkbox', { name: m.upload.encrypt })
  await expect(encrypt).not.toBeChecked()
  await encrypt.click()
  await expect(dialog.getByText(keyId)).toBeVisible()
  await dialog.getByRole('button', { name: m.upload.start, exact: true }).click()
  await expect(dialog.getByText(m.upload.succeeded, { exact: true })).toBeVisible()
  await dialog.getByRole('button', { name: m.upload.done }).click()

  await page.getByRole('link', { name: 'measurement 1.txt' }).click()
  await expect(page.getByText(m.encryption.methods['managed-key'])).toBeVisible()
  await expect(page.getByText(keyId, { exact: true }).first()).toBeVisible()
  const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'measurement 1.txt' }))
  expect(head.ServerSideEncryption).toBe('aws:kms')
  expect(head.SSEKMSKeyId).toBe(arn)
  expect(head.ContentLength).toBe(CONTENT.length)
  await expect(page.getByText(arn)).toBeVisible()

  const downloading = page.waitForEvent('download')
  await page
    .getByRole('button', { name: m.objects.download })
    .or(page.getByRole('link', { name: m.objects.download }))
    .first()
    .click()
  expect(readFileSync(await (await downloading).path())).toEqual(CONTENT)
  await goesOnWithDownload(
    page,
    `${coffer.consoleUrl}/api/buckets/${bucket}/download?project=${coffer.projectId}&key=measurement%201.txt`,
  )

  await page.getByRole('button', { name: m.objects.delete, exact: true }).click()
  await page
    .getByRole('alertdialog')
    .or(page.getByRole('dialog'))
    .getByRole('button', { name: m.common.delete, exact: true })
    .click()
  await expect(page.getByText(m.objects.emptyBucket)).toBeVisible()
  await expect(
    s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'measurement 1.txt' })),
  ).rejects.toMatchObject({ name: 'NotFound' })
})

test('dropped files and folders keep their structure and can be stored as they are', async ({
  page,
  context,
  coffer,
  s3,
}) => {
  const bucket = bucketName('drop')
  await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, {
    name: bucket,
    encryption: { kind: 'none' },
  })
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
  await page.getByRole('button', { name: m.objects.upload }).first().click()
  const dialog = page.getByRole('dialog')
  const transfer = await page.evaluateHandle(() => {
    const data = new DataTransfer()
    for (const name of ['one.txt', 'two.txt']) data.items.add(new File([name], name, { type: 'text/plain' }))
    return data
  })
  await dialog.getByText(m.upload.drop).dispatchEvent('drop', { dataTransfer: transfer })
  await expect(dialog.getByText('one.txt')).toBeVisible()
  await expect(dialog.getByText(m.upload.plaintext)).toBeVisible()
  await dialog.getByRole('button', { name: m.upload.start, exact: true }).click()
  await expect(dialog.getByText(m.upload.succeeded, { exact: true })).toBeVisible()
  const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'two.txt' }))
  expect(head.ServerSideEncryption).toBeUndefined()
})

test('the Encrypt box follows the default of the bucket', async ({ page, context, coffer, s3 }) => {
  const bucket = bucketName('default')
  await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, {
    name: bucket,
    encryption: { kind: 'managed-key', suite: 'SM4' },
  })
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
  await page.getByRole('button', { name: m.objects.upload }).first().click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('checkbox', { name: m.upload.encrypt })).toBeChecked()
  await dialog
    .locator('input[type=file]:not([webkitdirectory])')
    .setInputFiles({ name: 'sm4.txt', mimeType: 'text/plain', buffer: CONTENT })
  await dialog.getByRole('button', { name: m.upload.start, exact: true }).click()
  await expect(dialog.getByText(m.upload.succeeded, { exact: true })).toBeVisible()
  const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'sm4.txt' }))
  expect(head.ServerSideEncryption).toBe('aws:kms')
})
