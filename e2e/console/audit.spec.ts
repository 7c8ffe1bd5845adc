import { PutObjectCommand } from '@aws-sdk/client-s3'
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bucketName, expect, personName, test } from '../fixtures.ts'
import { joinAs } from './members.ts'
import { carrySession, expectAccessible, LANGUAGES } from './pages.ts'

const m = LANGUAGES.en.messages.audit
const run = promisify(execFile)
const PROJECT = join(import.meta.dirname, '..', '..')

test.use({ locale: 'en-US' })

test('an upload is in the log with its key and object; what is exported proves itself without the server', async ({
  page,
  context,
  coffer,
  s3,
  credentials,
}) => {
  const bucket = bucketName('audited')
  await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, {
    name: bucket,
    encryption: { kind: 'managed-key', suite: 'AES256' },
  })
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'runs/one.csv', Body: 'measured' }))
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'notes.md', Body: 'noted' }))
  const { keyId } = await coffer.projectKey()
  await carrySession(context, coffer)

  const record = page.getByRole('row').filter({ hasText: `${bucket}/runs/one.csv` })
  // A use of a key reaches the log within a second.
  await expect(async () => {
    await page.goto(`${coffer.consoleUrl}/audit`)
    await page.getByRole('combobox', { name: m.search.action }).fill('kms:GenerateDataKey')
    await page.getByRole('button', { name: m.search.more }).click()
    await page.getByLabel(m.search.object).fill(`${bucket}/runs/`)
    await expect(record).toHaveCount(1)
  }).toPass({ timeout: 40_000 })
  await expect(page.getByText(`${bucket}/notes.md`)).toHaveCount(0)
  await expectAccessible(page)

  await record.getByRole('button').click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('link', { name: keyId })).toBeVisible()
  await expect(dialog.getByText(m.keyVersion.replace('{version}', '1'))).toBeVisible()
  await expect(dialog.getByText(credentials.accessKeyId)).toBeVisible()
  await expect(dialog.getByText(/127\.0\.0\.1|::1/)).toBeVisible()
  await expect(dialog.getByText(m.hash)).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('Escape')

  // Noted first: what is exported later must hold it.
  await page.getByRole('button', { name: m.chain.action, exact: true }).click()
  await expectAccessible(page)
  const command = await page.getByRole('dialog').getByLabel(m.chain.verify).innerText()
  await page.keyboard.press('Escape')

  // The export knows what the search showed, and of all else the hashes only.
  const saved = join(coffer.folder, 'audit.ndjson')
  await page.getByRole('button', { name: m.export.action }).click()
  const downloading = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: m.export.formats.ndjson }).click()
  await (await downloading).saveAs(saved)
  const text = readFileSync(saved, 'utf8')
  expect(text).toContain(`${bucket}`)
  expect(text).not.toContain('notes.md')

  const verified = await runShown(command, coffer.folder)
  expect(verified).toMatch(/The log is whole: \d+ records/)

  writeFileSync(saved, text.replace('runs/one.csv', 'runs/two.csv'))
  await expect(runShown(command, coffer.folder)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('was changed'),
  })
})

test('a search of the whole log, by person, result and day', async ({ page, context, coffer }) => {
  const name = personName('Rosa Reader')
  const cookie = await joinAs(coffer, 'reader', name)
  // Refused, and that is on record.
  const refused = await fetch(`${coffer.consoleUrl}/api/members/invitations?project=${coffer.projectId}`, {
    method: 'POST',
    headers: { origin: coffer.consoleUrl, cookie, 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'nobody@example.org', role: 'reader' }),
  })
  expect(refused.status).toBe(403)
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/audit`)
  await page.getByRole('combobox', { name: m.search.result }).click()
  await page.getByRole('option', { name: m.search.results.refused }).click()
  await page.getByRole('button', { name: m.search.more }).click()
  await page.getByRole('combobox', { name: m.search.person }).click()
  await page.getByRole('option', { name }).click()
  const row = page.getByRole('row').filter({ hasText: 'coffer:InviteMember' })
  await expect(row).toHaveCount(1)
  await expect(row).toContainText('AccessDenied')
  await expect(row).toContainText(name)

  await page.getByRole('combobox', { name: m.search.period }).click()
  await page.getByRole('option', { name: m.search.periods.range }).click()
  await page.getByLabel(m.search.to).fill('2020-01-01')
  await expect(page.getByText(m.noMatchTitle)).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: m.clear }).click()
  await expect(page.getByRole('row').filter({ hasText: 'coffer:AcceptInvitation' }).first()).toBeVisible()
})

test('an auditor reads the log, a reader is told why not', async ({ browser, coffer }) => {
  const open = async (role: string, name: string) => {
    const context = await browser.newContext({ locale: 'en-US' })
    await carrySession(context, coffer, await joinAs(coffer, role, personName(name)))
    const page = await context.newPage()
    await page.goto(`${coffer.consoleUrl}/audit`)
    return page
  }
  const auditor = await open('auditor', 'Aldo Auditor')
  await expect(auditor.getByRole('row').filter({ hasText: 'coffer:AcceptInvitation' }).first()).toBeVisible()
  const reader = await open('reader', 'Rita Reader')
  await expect(reader.getByRole('alert').getByText(/coffer:ReadAuditLog/)).toBeVisible()
  await expectAccessible(reader)
})

/** A command as the page has it, typed where the file was saved. @returns what it says; rejects with its exit code */
async function runShown(command: string, folder: string): Promise<string> {
  const [, , script = '', , ...args] = command.trim().split(' ')
  const { stdout } = await run(
    process.execPath,
    [join('scripts', `${script.replace(':', '-')}.mjs`), ...args],
    {
      cwd: PROJECT,
      env: { ...process.env, INIT_CWD: folder },
    },
  )
  return stdout
}
