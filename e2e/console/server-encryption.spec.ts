import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { readFileSync } from 'node:fs'
import { bucketName, expect, test } from '../fixtures.ts'
import { inEachLanguage } from './look.ts'
import { carrySession, expectAccessible, LANGUAGES } from './pages.ts'

const m = LANGUAGES.en.messages
const CONTENT = Buffer.from('what the laboratory measured on Wednesday\n'.repeat(3000))
const Key = 'folder/measurement 2.txt'

test.use({ locale: 'en-US' })

test('Server Encryption of a file: encrypted in place, re-wrapped, given a key of its own, decrypted', async ({
  page,
  context,
  coffer,
  s3,
}) => {
  const Bucket = bucketName('modify')
  await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, {
    name: Bucket,
    encryption: { kind: 'none' },
  })
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: CONTENT, Metadata: { a: 'b' } }))
  const head = async () => {
    const { $metadata: _, ...properties } = await s3.send(new HeadObjectCommand({ Bucket, Key }))
    return properties
  }
  const before = await head()
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/buckets/${Bucket}/object?key=${encodeURIComponent(Key)}`)
  const card = page.getByRole('region', { name: m.objectEncryption.title })
  const method = (name: keyof typeof m.encryption.target.methods) =>
    card.getByRole('radio', { name: m.encryption.target.methods[name].label })
  const save = card.getByRole('button', { name: m.common.save, exact: true })
  const told = (change: 'rewrapped' | 'rewritten') =>
    page.getByText(m.objectEncryption.done[change].text.replace('{key}', Key))

  await test.step('plaintext → service-managed key: the data is rewritten', async () => {
    await expect(save).toBeDisabled()
    await method('service-key').click()
    await expect(card.getByText(m.objectEncryption.effect.rewritten.title)).toBeVisible()
    await expectAccessible(page)
    await save.click()
    await expect(told('rewritten')).toBeVisible()
    await expect(page.getByText(m.encryption.methods['service-key'])).toBeVisible()
    expect(await head()).toEqual({ ...before, ServerSideEncryption: 'AES256' })
  })

  await test.step('→ the project’s key: only the key is wrapped again', async () => {
    await method('managed-key').click()
    await expect(card.getByText(m.objectEncryption.effect.rewrapped.title)).toBeVisible()
    await save.click()
    await expect(told('rewrapped')).toBeVisible()
    const { arn } = await coffer.projectKey()
    expect(await head()).toEqual({ ...before, ServerSideEncryption: 'aws:kms', SSEKMSKeyId: arn })
  })

  let customerKey = ''
  await test.step('→ a key of its own, made here and saved first', async () => {
    await method('customer-key').click()
    await card.getByRole('button', { name: m.objectEncryption.customerKey.make }).click()
    await expect(save).toBeDisabled()
    const saving = page.waitForEvent('download')
    await card.getByRole('button', { name: m.objectEncryption.customerKey.save }).click()
    const file = JSON.parse(readFileSync(await (await saving).path(), 'utf8')) as Record<string, string>
    expect(file).toMatchObject({ object: `s3://${Bucket}/${Key}`, algorithm: 'AES256' })
    customerKey = file['key']!
    await save.click()
    await expect(page.getByText(m.encryption.methods['customer-key'])).toBeVisible()
    const withKey = { SSECustomerAlgorithm: 'AES256', SSECustomerKey: customerKey }
    const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket, Key, ...withKey }))
    expect(Buffer.from(await Body!.transformToByteArray()).equals(CONTENT)).toBe(true)
    expect(ETag).toBe(before.ETag)
  })

  await test.step('opened with its key and downloaded, and refused with another', async () => {
    await page.reload()
    const lock = page.getByRole('region', { name: m.objectEncryption.openTitle })
    const field = lock.getByLabel(m.objectEncryption.customerKey.give, { exact: true })
    await field.fill(Buffer.alloc(32, 1).toString('hex'))
    await lock.getByRole('button', { name: m.objectEncryption.open, exact: true }).click()
    await expect(lock.getByText(m.errors.WrongCustomerKey.title)).toBeVisible()
    await field.fill(customerKey)
    await lock.getByRole('button', { name: m.objectEncryption.open, exact: true }).click()
    await expect(page.getByText('x-amz-meta-a')).toBeVisible()
    const downloading = page.waitForEvent('download')
    await page.getByRole('button', { name: m.objects.download }).click()
    expect(readFileSync(await (await downloading).path()).equals(CONTENT)).toBe(true)
  })

  await test.step('→ none: warned, then plaintext as at the beginning', async () => {
    await method('none').click()
    await expect(card.getByText(m.objectEncryption.effect.weakens)).toBeVisible()
    await save.click()
    await expect(page.getByText(m.encryption.plaintextTitle, { exact: true })).toBeVisible()
    expect(await head()).toEqual(before)
  })
})

inEachLanguage('Server Encryption', (_, words, look) => {
  test.use({ viewport: { width: 1440, height: 1300 } })

  test('the card, with a key of its own and with none', async ({ page, context, coffer, s3 }) => {
    const Bucket = bucketName('look')
    await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, {
      name: Bucket,
      encryption: { kind: 'service-key', suite: 'AES256' },
    })
    await s3.send(new PutObjectCommand({ Bucket, Key: 'report.txt', Body: CONTENT }))
    await carrySession(context, coffer)
    await page.goto(`${coffer.consoleUrl}/buckets/${Bucket}/object?key=report.txt`)
    const card = page.getByRole('region', { name: words.objectEncryption.title })
    await card.getByRole('radio', { name: words.encryption.target.methods['customer-key'].label }).click()
    await card.getByRole('button', { name: words.objectEncryption.customerKey.make }).click()
    await expect(card.getByText(words.objectEncryption.effect.rewrapped.title)).toBeVisible()
    await look(page, 'server-encryption')
    await card.getByRole('radio', { name: words.encryption.target.methods.none.label }).click()
    await expect(card.getByText(words.objectEncryption.effect.weakens)).toBeVisible()
    await look(page, 'server-encryption-none')
  })
})
