import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { Page } from '@playwright/test'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Coffer } from '../coffer.ts'
import { bucketName, expect, personName, test } from '../fixtures.ts'
import { inEachLanguage } from './look.ts'
import { joinAs } from './members.ts'
import { carrySession, expectAccessible, LANGUAGES } from './pages.ts'

const run = promisify(execFile)
const PROJECT = join(import.meta.dirname, '..', '..')
const SIZE = 300_000
const CHUNK = 2 ** 17

async function makeBucket(coffer: Coffer, kind: 'managed-key' | 'none' = 'managed-key'): Promise<string> {
  const bucket = bucketName('proof')
  const encryption = kind === 'none' ? { kind } : { kind, suite: 'AES256' }
  await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, { name: bucket, encryption })
  return bucket
}

const objectPage = (coffer: Coffer, bucket: string, key: string): string =>
  `${coffer.consoleUrl}/buckets/${bucket}/object?key=${encodeURIComponent(key)}`

/** The file of the only blob that a receipt names. */
function blobOf(coffer: Coffer, receipt: string): string {
  const { blobs } = JSON.parse(receipt) as { blobs: string[] }
  const blobId = blobs[0]!.split(' ')[2]!
  return join(coffer.dataDir, 'blobs', blobId.slice(0, 2), blobId)
}

function flip(path: string, position: number): void {
  const bytes = readFileSync(path)
  bytes[position]! ^= 1
  writeFileSync(path, bytes)
}

/** A command as the page has it, typed where the receipt was saved. @returns what it says; rejects with its exit code */
async function runShown(command: string, folder: string): Promise<string> {
  const [, , script = '', , ...args] = command.trim().split(' ')
  const { stdout } = await run(process.execPath, [join('scripts', `${script}.mjs`), ...args], {
    cwd: PROJECT,
    env: { ...process.env, INIT_CWD: folder },
  })
  return stdout
}

test.describe('prove it', () => {
  test.use({ locale: 'en-US' })
  const { proof: m, integrity: i } = LANGUAGES.en.messages

  test('a file is checked, its receipt verified offline, and a flipped bit on the disk is caught', async ({
    page,
    context,
    coffer,
    s3,
  }) => {
    const bucket = await makeBucket(coffer)
    const body = randomBytes(SIZE)
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'runs/data.bin', Body: body }))
    await carrySession(context, coffer)
    await page.goto(objectPage(coffer, bucket, 'runs/data.bin'))
    const panel = page.getByRole('region', { name: m.title })
    await panel.getByRole('button', { name: m.run }).click()
    await expect(panel.getByText(m.verdict.proven)).toBeVisible()
    await expect(panel.getByText(m.states.passed, { exact: true })).toHaveCount(7)
    await expect(panel.getByText(/3 chunks in 1 stored blob/)).toBeVisible()

    // What is shown of the disk is on the disk, and is not in the file.
    const shown = (await panel.getByLabel(m.sample.hex).innerText())
      .split('\n')
      .map((line) => line.replace(/^[0-9a-f]{8}/, ''))
      .join('')
      .replace(/\s/g, '')
    expect(shown).toHaveLength(128)
    expect(body.includes(Buffer.from(shown, 'hex'))).toBe(false)

    const downloading = page.waitForEvent('download')
    await panel.getByRole('button', { name: m.receipt.download }).click()
    const saved = join(coffer.folder, 'receipt.json')
    await (await downloading).saveAs(saved)
    const receipt = readFileSync(saved, 'utf8')
    const blob = blobOf(coffer, receipt)
    expect(readFileSync(blob).includes(Buffer.from(shown, 'hex'))).toBe(true)

    const verify = await panel.getByLabel(m.receipt.verify).innerText()
    const verifyData = await panel.getByLabel(m.receipt.verifyData).innerText()
    expect(await runShown(verify, coffer.folder)).toContain('The receipt is genuine')
    expect(await runShown(verifyData, coffer.folder)).toContain('1 stored blobs still are what they were')
    const key = (await (await fetch(`${coffer.consoleUrl}/api/receipt-key`)).json()) as {
      fingerprint: string
    }
    expect(verify).toContain(key.fingerprint)
    writeFileSync(saved, receipt.replace('runs/data.bin', 'runs/other.bin'))
    await expect(runShown(verify, coffer.folder)).rejects.toMatchObject({ code: 1 })
    writeFileSync(saved, receipt)

    flip(blob, 88 + 2 * (CHUNK + 16) + 100)
    await panel.getByRole('button', { name: m.again }).click()
    await expect(panel.getByRole('alert')).toContainText(m.damage.chunk)
    await expect(panel.getByRole('alert')).toContainText('part 1 · chunk 2 · from byte 262,264')
    await expect(panel.getByText(m.states.failed, { exact: true })).toHaveCount(1)
    await expectAccessible(page)
    await expect(runShown(verifyData, coffer.folder)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('was changed'),
    })

    // It is known from now on, until a round finds it whole again.
    await page.reload()
    await expect(panel.getByText(m.found.title)).toBeVisible()
    await page.goto(`${coffer.consoleUrl}/integrity`)
    const row = page.getByRole('row').filter({ hasText: `${bucket}/runs/data.bin` })
    await expect(row).toContainText(m.damage.chunk)
    await expectAccessible(page)
    flip(blob, 88 + 2 * (CHUNK + 16) + 100)
    await page.getByRole('button', { name: i.start }).click()
    await expect(row).toHaveCount(0, { timeout: 60_000 })
    await expect(page.getByText(i.findings.none)).toBeVisible()
    await page.getByRole('combobox', { name: i.findings.state }).click()
    await page.getByRole('option', { name: i.findings.states.resolved }).click()
    await page.getByRole('searchbox', { name: i.findings.search }).fill('data.bin')
    await expect(row).toContainText(i.findings.resolutions.passed)
    await row.getByRole('link').click()
    await expect(page.getByRole('heading', { level: 1, name: 'data.bin' })).toBeVisible()
  })

  test('an unencrypted file is said to be that; an auditor sees the rounds, a reader is told why not', async ({
    page,
    context,
    browser,
    coffer,
    s3,
  }) => {
    const bucket = await makeBucket(coffer, 'none')
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'open.txt', Body: 'for everybody' }))
    await carrySession(context, coffer)
    await page.goto(objectPage(coffer, bucket, 'open.txt'))
    const panel = page.getByRole('region', { name: m.title })
    await panel.getByRole('button', { name: m.run }).click()
    await expect(panel.getByText(m.verdict.plain)).toBeVisible()
    await expect(panel.getByText(m.noSample)).toBeVisible()
    await expect(panel.getByText('for everybody')).toHaveCount(0)

    const as = async (role: string, name: string): Promise<Page> => {
      const other = await browser.newContext({ locale: 'en-US' })
      await carrySession(other, coffer, await joinAs(coffer, role, personName(name)))
      return other.newPage()
    }
    const auditor = await as('auditor', 'Ines Auditor')
    await auditor.goto(`${coffer.consoleUrl}/integrity`)
    await expect(auditor.getByRole('button', { name: new RegExp(`${i.start}|${i.running}`) })).toBeVisible()
    // He may know that it is whole, never what it says.
    await auditor.goto(objectPage(coffer, bucket, 'open.txt'))
    await auditor.getByRole('region', { name: m.title }).getByRole('button', { name: m.run }).click()
    await expect(auditor.getByRole('alert').getByText(/s3:GetObject/)).toBeVisible()
    const reader = await as('reader', 'Ilse Reader')
    await reader.goto(`${coffer.consoleUrl}/integrity`)
    await expect(reader.getByRole('alert').getByText(/coffer:ReadIntegrity/)).toBeVisible()
  })
})

/** The panel and the page in both languages and both themes: they show, and axe finds nothing grave. */
inEachLanguage('proof', (_, { proof: m, integrity: i }, look) => {
  test.use({ viewport: { width: 1280, height: 1500 } })

  test('a proof, damage and the rounds show', async ({ page, context, coffer, s3 }) => {
    const bucket = await makeBucket(coffer)
    for (const Key of ['2026/results.csv', '2026/lost.csv'])
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: randomBytes(SIZE) }))
    await carrySession(context, coffer)
    const panel = page.getByRole('region', { name: m.title })
    const prove = async (key: string): Promise<void> => {
      await page.goto(objectPage(coffer, bucket, key))
      await panel.getByRole('button', { name: m.run }).click()
    }
    await prove('2026/results.csv')
    await expect(panel.getByText(m.verdict.proven)).toBeVisible()
    await panel.scrollIntoViewIfNeeded()
    await look(page, 'prove-it')

    await prove('2026/lost.csv')
    const downloading = page.waitForEvent('download')
    await panel.getByRole('button', { name: m.receipt.download }).click()
    const blob = blobOf(coffer, readFileSync(await (await downloading).path(), 'utf8'))
    flip(blob, 70_000)
    await panel.getByRole('button', { name: m.again }).click()
    await expect(panel.getByRole('alert')).toBeVisible()
    await panel.scrollIntoViewIfNeeded()
    await look(page, 'prove-it-damaged')

    await coffer.request('POST', `/api/integrity?project=${coffer.projectId}`)
    await page.goto(`${coffer.consoleUrl}/integrity`)
    await expect(page.getByText(`${bucket}/2026/lost.csv`)).toBeVisible()
    await expect(page.getByRole('button', { name: i.start })).toBeEnabled({ timeout: 60_000 })
    await look(page, 'integrity')
    flip(blob, 70_000)
  })
})
