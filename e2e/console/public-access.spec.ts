import { PutBucketPolicyCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { Coffer } from '../coffer.ts'
import { bucketName, expect, personName, test as base } from '../fixtures.ts'
import { inEachLanguage } from './look.ts'
import { joinAs } from './members.ts'
import { carrySession, LANGUAGES } from './pages.ts'

/** A Coffer whose operator allows public access. */
const test = base.extend<object, object>({
  coffer: [
    async ({}, use) => {
      const coffer = await Coffer.start({ COFFER_PUBLIC_ACCESS: 'allowed' })
      await coffer.makeAdministrator()
      await use(coffer)
      await coffer.destroy()
    },
    { scope: 'worker', timeout: 90_000 },
  ],
})

test('an administrator makes a bucket public, sees that it is, and closes it', async ({
  page,
  context,
  coffer,
  s3,
}) => {
  const m = LANGUAGES.en.messages.access
  const bucket = bucketName('open')
  await openBucket(coffer, bucket, 'private')
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'by s3.txt', Body: 'x' }))
  const member = await joinAs(coffer, 'member', personName('Noah Berg'))
  const card = page.getByRole('region', { name: m.title })

  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/buckets/${bucket}/settings`)
  await expect(card).toContainText(m.notPublic)
  await card.getByRole('combobox', { name: m.who }).click()
  await page.getByRole('option', { name: m.acls['public-read'].label, exact: false }).first().click()
  await expect(card).toContainText(m.openText['public-read'])
  await card.getByRole('button', { name: m.save }).click()
  await expect(card).toContainText(m.open.bucket)
  await expect(page.getByRole('banner').or(page.locator('header')).getByText(m.public).first()).toBeVisible()

  // What S3's clients write is private by itself.
  expect((await fetch(`${coffer.objectUrl}/${bucket}/by%20s3.txt`)).status).toBe(403)
  expect((await fetch(`${coffer.objectUrl}/${bucket}/`)).status).toBe(200)

  await carrySession(context, coffer, member)
  await page.reload()
  await expect(card).toContainText(m.administrators)
  await expect(card.getByRole('button', { name: m.save })).toHaveCount(0)

  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/buckets/${bucket}/object?key=${encodeURIComponent('by s3.txt')}`)
  await expect(card).toContainText(m.notPublic)
  await card.getByRole('combobox', { name: m.who }).click()
  await page.getByRole('option', { name: m.acls.default.label, exact: false }).first().click()
  await card.getByRole('button', { name: m.save }).click()
  await expect(card).toContainText(m.open.object)
  expect(await (await fetch(`${coffer.objectUrl}/${bucket}/by%20s3.txt`)).text()).toBe('x')

  await page.goto(`${coffer.consoleUrl}/buckets/${bucket}/settings`)
  await card.getByRole('combobox', { name: m.who }).click()
  await page.getByRole('option', { name: m.acls.private.label, exact: false }).first().click()
  await card.getByRole('button', { name: m.save }).click()
  await expect(card).toContainText(m.notPublic)
  expect((await fetch(`${coffer.objectUrl}/${bucket}/by%20s3.txt`)).status).toBe(403)
})

test('a bucket that its policy opens is no less public', async ({ page, context, coffer, s3 }) => {
  const m = LANGUAGES.en.messages.access
  const bucket = bucketName('by-policy')
  await openBucket(coffer, bucket, 'private')
  const Statement = {
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::${bucket}/*`,
  }
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }))
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/buckets/${bucket}/settings`)
  await expect(page.getByRole('region', { name: m.title })).toContainText(m.openPolicy.bucket)
})

inEachLanguage('Access without signing in', (_, messages, look) => {
  test('the card and its warning', async ({ page, context, coffer }) => {
    const bucket = bucketName('screen')
    await openBucket(coffer, bucket, 'public-read')
    await carrySession(context, coffer)
    await page.goto(`${coffer.consoleUrl}/buckets/${bucket}/settings`)
    const card = page.getByRole('region', { name: messages.access.title })
    await expect(card).toContainText(messages.access.open.bucket)
    await card.scrollIntoViewIfNeeded()
    await look(page, 'public-access')
  })
})

async function openBucket(coffer: Coffer, name: string, acl: string): Promise<void> {
  const project = `?project=${coffer.projectId}`
  await coffer.request('POST', `/api/buckets${project}`, { name, encryption: { kind: 'none' } })
  await coffer.request('PUT', `/api/buckets/${name}/acl${project}`, { acl })
}
