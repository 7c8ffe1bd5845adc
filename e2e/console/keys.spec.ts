import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { Page } from '@playwright/test'
import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ADMINISTRATOR, type Coffer } from '../coffer.ts'
import { bucketName, expect, personName, test } from '../fixtures.ts'
import { joinAs } from './members.ts'
import { carrySession, expectAccessible, LANGUAGES } from './pages.ts'

const m = LANGUAGES.en.messages
const k = m.keys

test.use({ locale: 'en-US' })

let made = 0
const aliasName = (purpose: string): string => `${purpose}-${process.pid}-${++made}`

interface Created {
  keyId: string
  arn: string
}

async function createKey(coffer: Coffer, alias: string, more: object = {}): Promise<Created> {
  const body = { alias, description: '', spec: 'AES_256', origin: 'AWS_KMS', ...more }
  const response = await coffer.request('POST', `/api/keys?project=${coffer.projectId}`, body)
  return (await response.json()) as Created
}

async function createBucket(coffer: Coffer, purpose: string, keyRef: string): Promise<string> {
  const name = bucketName(purpose)
  const encryption = { kind: 'managed-key', suite: 'AES256', keyRef }
  await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, { name, encryption })
  return name
}

async function choose(page: Page, action: string): Promise<void> {
  await page.getByRole('button', { name: k.actions.menu, exact: true }).click()
  await page.getByRole('menuitem', { name: action }).click()
}

test('a key is made, named, copied from and rotated', async ({ page, context, coffer }) => {
  const alias = aliasName('sequencing/spring')
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/keys`)
  await expect(page.getByRole('row', { name: k.defaultKey })).toContainText(k.shared)
  await expectAccessible(page)

  await page.getByRole('button', { name: k.create }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: k.createAction }).click()
  await expect(dialog.getByText(k.aliasMissing)).toBeVisible()
  await dialog.getByLabel(k.alias).fill('aws/mine')
  await expect(dialog.getByText(k.aliasReserved)).toBeVisible()
  await dialog.getByLabel(k.alias).fill(alias)
  await dialog.getByLabel(k.descriptionLabel).fill('Sequencing of the spring campaign')
  await dialog.getByLabel(k.periodDays).fill('180')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: k.createAction }).click()

  await expect(page.getByRole('heading', { level: 1, name: alias })).toBeVisible()
  await expect(page.getByText(`alias/${alias}`)).toBeVisible()
  await expect(
    page.getByText(k.everyDays.replace(/.*other \{(.*?)\}\}/, '$1').replace('#', '180')),
  ).toBeVisible()
  await expect(page.getByText(k.radius.none)).toBeVisible()

  await page.getByRole('button', { name: k.actions.rotate.name }).first().click()
  await expect(page.getByText(k.actions.rotate.consequences.nothingRewritten)).toBeVisible()
  await page.getByRole('alertdialog').getByRole('button', { name: k.actions.rotate.confirm }).click()
  const versions = page.getByRole('table', { name: k.versions.title })
  await expect(versions.getByRole('row').nth(1)).toContainText(k.versions.types.ON_DEMAND)
  await expect(versions.getByRole('row').nth(1)).toContainText(k.versions.current)
  await expect(versions.getByRole('row')).toHaveCount(3)
})

test('disabling tells what becomes unreadable, and it does; enabling brings it back', async ({
  page,
  context,
  coffer,
  s3,
}) => {
  const key = await createKey(coffer, aliasName('switch'))
  const bucket = await createBucket(coffer, 'radius', key.keyId)
  for (const Key of ['a.csv', 'b.csv'])
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'rows' }))
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/keys/${key.keyId}`)
  const radius = page.getByRole('region', { name: k.radius.title })
  await expect(radius.getByRole('row', { name: bucket })).toContainText(k.radius.namedByRule)

  await choose(page, k.actions.disable.name)
  const dialog = page.getByRole('alertdialog')
  await expect(dialog.getByText('2 objects cannot be read or copied, by anybody.')).toBeVisible()
  await expect(dialog.getByRole('row', { name: bucket })).toContainText('2')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: k.actions.disable.confirm }).click()
  await expect(page.getByText(k.notices.disabled)).toBeVisible()
  await expect(s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'a.csv' }))).rejects.toThrow()

  await page.getByRole('button', { name: k.actions.enable.name }).first().click()
  await page.getByRole('alertdialog').getByRole('button', { name: k.actions.enable.confirm }).click()
  await expect(page.getByText(k.notices.disabled)).toBeHidden()
  const back = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'a.csv' }))
  expect(await back.Body?.transformToString()).toBe('rows')
})

test('objects are destroyed with their key only by typing its alias; until then it can be saved', async ({
  page,
  context,
  coffer,
  s3,
}) => {
  const alias = aliasName('shred')
  const key = await createKey(coffer, alias)
  const bucket = await createBucket(coffer, 'shred', key.keyId)
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'patients.csv', Body: 'rows' }))
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/keys/${key.keyId}`)
  await choose(page, k.actions.scheduleDeletion.name)
  const dialog = page.getByRole('alertdialog')
  const destroy = dialog.getByRole('button', { name: k.actions.scheduleDeletion.confirmDestroying })
  await expect(dialog.getByRole('row', { name: bucket })).toBeVisible()
  await expect(destroy).toBeDisabled()
  await dialog.getByRole('checkbox').click()
  await dialog.locator('input:not([type=number]):not([type=checkbox])').fill(`alias/${alias}x`)
  await expect(destroy).toBeDisabled()
  await dialog.locator('input:not([type=number]):not([type=checkbox])').fill(`alias/${alias}`)
  await dialog.getByLabel(k.deletion.waitingDays).fill('3')
  await expect(destroy).toBeDisabled()
  await dialog.getByLabel(k.deletion.waitingDays).fill('7')
  await expectAccessible(page)
  await destroy.click()
  await expect(dialog).toHaveCount(0)
  await expect(page.getByText(k.states.PendingDeletion)).toBeVisible()
  await expect(s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'patients.csv' }))).rejects.toThrow()
  await expectAccessible(page)

  await page.getByRole('button', { name: k.actions.cancelDeletion.name }).first().click()
  await page.getByRole('alertdialog').getByRole('button', { name: k.actions.cancelDeletion.confirm }).click()
  await expect(page.getByText(k.notices.disabled)).toBeVisible()
  await page.getByRole('button', { name: k.actions.enable.name }).first().click()
  await page.getByRole('alertdialog').getByRole('button', { name: k.actions.enable.confirm }).click()
  await expect(page.getByText(k.notices.disabled)).toBeHidden()
  const saved = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'patients.csv' }))
  expect(await saved.Body?.transformToString()).toBe('rows')
})

test('own material is imported as it was wrapped, and encrypts', async ({ page, context, coffer, s3 }) => {
  const alias = aliasName('byok')
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/keys`)
  await page.getByRole('button', { name: k.create }).first().click()
  await page.getByRole('dialog').getByLabel(k.alias).fill(alias)
  await page.getByRole('radio', { name: k.origins.EXTERNAL }).click()
  await page.getByRole('dialog').getByRole('button', { name: k.createAction }).click()
  await expect(page.getByText(k.notices.pendingImport)).toBeVisible()

  await page.getByRole('button', { name: k.actions.import.name }).first().click()
  const wizard = page.getByRole('dialog')
  await expect(wizard.getByRole('button', { name: k.actions.import.confirm, exact: true })).toBeDisabled()
  await wizard.getByRole('button', { name: k.import.get }).click()
  const downloading = page.waitForEvent('download')
  await wizard.getByRole('button', { name: k.import.saveKey, exact: true }).click()
  const wrappingKey = createPublicKey({
    key: readFileSync(await (await downloading).path()),
    format: 'der',
    type: 'spki',
  })
  await expectAccessible(page)
  const material = randomBytes(32)
  const encrypted = publicEncrypt(
    { key: wrappingKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
    material,
  )
  const upload = async (bytes: Buffer): Promise<void> => {
    await wizard.locator('input[type=file]').first().setInputFiles({
      name: 'EncryptedKeyMaterial.bin',
      mimeType: 'application/octet-stream',
      buffer: bytes,
    })
    await wizard.getByRole('button', { name: k.actions.import.confirm, exact: true }).click()
  }
  await upload(randomBytes(512))
  await expect(wizard.getByRole('alert')).toBeVisible()
  await upload(encrypted)
  await expect(page.getByText(k.notices.pendingImport)).toBeHidden()
  await expect(page.getByText(k.states.Enabled, { exact: true })).toBeVisible()

  const keyId = new URL(page.url()).pathname.split('/').at(-1) ?? ''
  const bucket = await createBucket(coffer, 'byok', keyId)
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'x', Body: 'under imported material' }))
  const read = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'x' }))
  expect(await read.Body?.transformToString()).toBe('under imported material')
  expect(read.SSEKMSKeyId).toContain(keyId)
})

test('the commands of the wizard work as they are, and a token fetched earlier still counts', async ({
  page,
  context,
  coffer,
}) => {
  const key = await createKey(coffer, aliasName('openssl'), { spec: 'SM4', origin: 'EXTERNAL' })
  const folder = mkdtempSync(join(tmpdir(), 'coffer-import-'))
  try {
    await carrySession(context, coffer)
    await page.goto(`${coffer.consoleUrl}/keys/${key.keyId}`)
    await page.getByRole('button', { name: k.actions.import.name }).first().click()
    const wizard = page.getByRole('dialog')
    await wizard.getByRole('button', { name: k.import.get }).click()
    for (const name of [k.import.saveKey, k.import.saveToken]) {
      const downloading = page.waitForEvent('download')
      await wizard.getByRole('button', { name, exact: true }).click()
      const download = await downloading
      await download.saveAs(join(folder, download.suggestedFilename()))
    }
    const commands = await wizard.locator('pre').innerText()
    await promisify(execFile)('/bin/sh', ['-e', '-c', commands], { cwd: folder })

    await page.reload()
    await page.getByRole('button', { name: k.actions.import.name }).first().click()
    const files = wizard.locator('input[type=file]')
    await files.nth(0).setInputFiles(join(folder, 'EncryptedKeyMaterial.bin'))
    await files.nth(1).setInputFiles(join(folder, 'ImportToken.bin'))
    await wizard.getByRole('button', { name: k.actions.import.confirm, exact: true }).click()
    await expect(page.getByText(k.states.Enabled, { exact: true })).toBeVisible()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('an own key is offered as a default of a bucket and for a single upload', async ({
  page,
  context,
  coffer,
  s3,
}) => {
  const [everyday, special] = [aliasName('everyday'), aliasName('special')]
  const ofBucket = await createKey(coffer, everyday)
  const ofUpload = await createKey(coffer, special, { spec: 'SM4' })
  const bucket = bucketName('picker')
  await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, {
    name: bucket,
    encryption: { kind: 'none' },
  })
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/buckets/${bucket}/settings`)
  await page.getByRole('radio', { name: k.picker.label }).click()
  await page.getByRole('combobox', { name: k.picker.key }).click()
  await page.getByRole('option', { name: everyday }).click()
  await expectAccessible(page)
  await page.getByRole('button', { name: m.common.save, exact: true }).click()
  await expect(page.getByText(`SSE-KMS · ${everyday}`)).toBeVisible()

  await page.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
  const upload = async (name: string, choose?: string): Promise<void> => {
    await page.getByRole('button', { name: m.objects.upload }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog
      .locator('input[type=file]:not([webkitdirectory])')
      .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(name) })
    if (choose) {
      await dialog.getByRole('combobox', { name: m.upload.method }).click()
      await page.getByRole('option', { name: choose }).click()
    }
    await dialog.getByRole('button', { name: m.upload.start, exact: true }).click()
    await expect(dialog.getByText(m.upload.succeeded, { exact: true })).toBeVisible()
    await dialog.getByRole('button', { name: m.upload.done }).click()
  }
  await upload('as-the-bucket-says.txt')
  await upload('with-another.txt', special)
  const keyOf = async (Key: string) =>
    (await s3.send(new HeadObjectCommand({ Bucket: bucket, Key }))).SSEKMSKeyId
  expect(await keyOf('as-the-bucket-says.txt')).toBe(ofBucket.arn)
  expect(await keyOf('with-another.txt')).toBe(ofUpload.arn)
})

test('a policy is checked while it is typed, judged by the service, and shows in who may use the key', async ({
  page,
  context,
  coffer,
}) => {
  const key = await createKey(coffer, aliasName('policy'))
  const name = personName('Rita')
  await joinAs(coffer, 'reader', name)
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/keys/${key.keyId}?tab=access`)
  const who = page.getByRole('table', { name: k.who.title })
  const rita = who.getByRole('row', { name })
  await expect(rita.getByRole('cell').nth(1)).toContainText(k.who.no)
  await expect(rita.getByRole('cell').nth(2)).toContainText('Role: Reader')
  await expectAccessible(page)

  const card = page.getByRole('region', { name: k.policy.title })
  await card.getByRole('button', { name: k.policy.edit }).click()
  const text = card.getByRole('textbox', { name: k.policy.title })
  const before = await text.inputValue()
  await text.fill(before.replace('"Effect": "Allow"', '"Effect": Allow'))
  await expect(card.getByText(/look at line 7/)).toBeVisible()
  await expect(card.getByRole('button', { name: m.common.save, exact: true })).toBeDisabled()
  await text.fill(before.replace('kms:*', 'kms:Decrypt'))
  await expect(card.getByText(k.policy.warnings.lockout.title)).toBeVisible()
  await card.getByRole('button', { name: m.common.save, exact: true }).click()
  await expect(card.getByText(k.policy.lockedOut)).toBeVisible()
  const denying = JSON.parse(before) as { Statement: object[] }
  denying.Statement.push({
    Sid: 'NotForReaders',
    Effect: 'Deny',
    Principal: { AWS: `arn:aws:iam::${key.arn.split(':')[4]}:role/reader` },
    Action: 'kms:Decrypt',
    Resource: '*',
  })
  await text.fill(JSON.stringify(denying, null, 2))
  await expectAccessible(page)
  await card.getByRole('button', { name: m.common.save, exact: true }).click()
  await expect(rita.getByRole('cell').nth(2)).toContainText('NotForReaders')
})

test('a grant lets in one member, and revoking shuts him out', async ({ page, context, coffer }) => {
  const key = await createKey(coffer, aliasName('grant'))
  const name = personName('Gus')
  await joinAs(coffer, 'auditor', name)
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/keys/${key.keyId}?tab=access`)
  const row = page.getByRole('table', { name: k.who.title }).getByRole('row', { name })
  await expect(row.getByRole('cell').nth(2)).toContainText(k.who.no)
  await page.getByRole('button', { name: k.grants.create }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: k.grants.grantee }).click()
  await page.getByRole('option', { name }).click()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: k.grants.create }).click()
  await expect(row.getByRole('cell').nth(2)).toContainText(k.who.yes)
  await page.getByRole('button', { name: k.grants.revokeOf.replace('{grantee}', name) }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: k.grants.revoke }).click()
  await expect(row.getByRole('cell').nth(2)).toContainText(k.who.no)
})

test('a member without permission sees which rule refuses, before and after he tries', async ({
  page,
  context,
  coffer,
}) => {
  const alias = aliasName('forbidden')
  const key = await createKey(coffer, alias)
  const cookie = await joinAs(coffer, 'member', personName('Mel'))
  await carrySession(context, coffer, cookie)
  await page.goto(`${coffer.consoleUrl}/keys/${key.keyId}`)
  await expect(page.getByRole('heading', { level: 1, name: alias })).toBeVisible()
  await page.getByRole('button', { name: k.actions.menu, exact: true }).click()
  const item = page.getByRole('menuitem', { name: k.actions.disable.name })
  await expect(item).toHaveAttribute('aria-disabled', 'true')
  await expect(item).toContainText('kms:DisableKey')
  await expectAccessible(page)
  await page.keyboard.press('Escape')

  await page.goto(`${coffer.consoleUrl}/keys`)
  await page.getByRole('button', { name: k.create }).first().click()
  await page.getByRole('dialog').getByLabel(k.alias).fill(aliasName('never'))
  await page.getByRole('dialog').getByRole('button', { name: k.createAction }).click()
  await expect(page.getByRole('alert')).toContainText('kms:CreateKey')
  await expect(page.getByRole('alert')).toContainText(m.refusals.role.mend)
})

test('uses and refusals stand in the timeline and are counted', async ({ page, context, coffer, s3 }) => {
  const key = await createKey(coffer, aliasName('watched'))
  const bucket = await createBucket(coffer, 'watched', key.keyId)
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'seen.txt', Body: 'rows' }))
  await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'seen.txt' }))
  const name = personName('Eve')
  const cookie = await joinAs(coffer, 'reader', name)
  const refused = await fetch(`${coffer.consoleUrl}/api/keys/${key.keyId}?project=${coffer.projectId}`, {
    method: 'PATCH',
    headers: { origin: coffer.consoleUrl, cookie, 'content-type': 'application/json' },
    body: '{"enabled":false}',
  })
  expect(refused.status).toBe(403)
  await carrySession(context, coffer)
  const timeline = page.getByRole('region', { name: k.timeline.title })
  // key uses are written within a second
  await expect(async () => {
    await page.goto(`${coffer.consoleUrl}/keys/${key.keyId}?tab=timeline`)
    await expect(timeline.getByText(k.timeline.acts.Decrypt, { exact: true })).toBeVisible()
  }).toPass()
  await expect(timeline.getByRole('listitem').filter({ hasText: name })).toContainText(
    k.timeline.refused.replace('{result}', 'AccessDenied'),
  )
  await expect(timeline.getByText(k.timeline.versions.CREATION.replace('{version}', '1'))).toBeVisible()
  await expectAccessible(page)
  await timeline.getByRole('combobox', { name: k.timeline.show }).click()
  await page.getByRole('option', { name: k.timeline.shown.refused }).click()
  await expect(timeline.getByRole('listitem')).toHaveCount(1)

  await page.goto(`${coffer.consoleUrl}/keys/${key.keyId}?tab=usage`)
  await expect(page.getByRole('img', { name: k.usage.chart.replace('{days}', '30') })).toBeVisible()
  const actions = page.getByRole('table', { name: k.usage.byAction })
  await expect(actions.getByRole('row', { name: 'kms:Decrypt' }).getByRole('cell').nth(1)).toHaveText('1')
  // a refused change reaches no key service: it is in the timeline, not in the fees
  await expect(actions.getByRole('row', { name: 'kms:DisableKey' })).toHaveCount(0)
  const members = page.getByRole('table', { name: k.usage.byMember })
  await expect(members.getByRole('row', { name: ADMINISTRATOR.name })).toBeVisible()
  await page.getByText(k.usage.asTable).click()
  await expect(page.getByRole('table', { name: k.usage.title }).getByRole('row')).toHaveCount(31)
  await expectAccessible(page)
})

test('what never was is told as such', async ({ page, context, coffer }) => {
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/keys/00000000-0000-4000-8000-000000000000`)
  await expect(page.getByRole('heading', { level: 1, name: m.keys.notThere.title })).toBeVisible()
  await expectAccessible(page)
})
