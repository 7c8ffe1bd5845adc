import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bucketName, expect, test } from '../fixtures.ts'
import { carrySession, expectAccessible, LANGUAGES } from './pages.ts'

const m = LANGUAGES.en.messages
const run = promisify(execFile)

test.use({ locale: 'en-US' })

test('an access key made here connects the AWS CLI with the commands of the card, until it is cut off', async ({
  page,
  context,
  coffer,
}) => {
  const bucket = bucketName('card')
  await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, {
    name: bucket,
    encryption: { kind: 'none' },
  })
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/access-keys`)
  await page.getByRole('button', { name: m.accessKeys.create }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(m.accessKeys.descriptionLabel).fill('the connection card')
  await dialog.getByRole('button', { name: m.accessKeys.createAction, exact: true }).click()
  await expect(dialog.getByText(m.accessKeys.secretOnceTitle)).toBeVisible()
  await expectAccessible(page)
  const accessKeyId = await dialog.getByLabel(m.accessKeys.columns.id, { exact: true }).inputValue()
  const secret = await dialog.getByLabel(m.accessKeys.secret, { exact: true }).inputValue()
  expect(accessKeyId).toMatch(/^CFR[A-Z2-7]{17}$/)
  expect(secret).toMatch(/^[A-Za-z0-9]{40}$/)
  await dialog.getByRole('button', { name: m.accessKeys.kept }).click()
  await expect(page.getByText(secret)).toHaveCount(0)

  await page.getByRole('tab', { name: 'AWS CLI' }).click()
  const blocks = await page.getByRole('tabpanel').locator('pre, code').allInnerTexts()
  const commands = [...new Set(blocks.flatMap((block) => block.split('\n')))].filter((line) =>
    line.startsWith('aws '),
  )
  expect(commands.length).toBeGreaterThanOrEqual(5)

  const folder = mkdtempSync(join(tmpdir(), 'coffer-card-'))
  try {
    writeFileSync(join(folder, m.connect.yourFile), 'as the card says')
    const env: NodeJS.ProcessEnv = {
      NODE_ENV: 'production',
      PATH: process.env['PATH'],
      HOME: folder,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
    }
    const aws = async (command: string): Promise<string> => {
      const filled = command
        .replace(/CFR[A-Z2-7]{17}|ACCESS_KEY_ID$/, accessKeyId)
        .replaceAll(m.connect.yourSecret, secret)
        .replaceAll(m.connect.yourBucket, bucket)
      const [, ...args] = filled.split(' ')
      const { stdout } = await run(process.env['COFFER_TEST_AWS'] ?? 'aws', args, { env, cwd: folder })
      return stdout
    }
    let last = ''
    for (const command of commands) last = await aws(command)
    const { arn } = await coffer.projectKey()
    expect(JSON.parse(last)).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: arn })

    await page.reload()
    await page.getByRole('button', { name: m.accessKeys.actionsFor.replace('{id}', accessKeyId) }).click()
    await page.getByRole('menuitem', { name: m.accessKeys.deactivate }).click()
    await page
      .getByRole('alertdialog')
      .or(page.getByRole('dialog'))
      .getByRole('button', { name: m.accessKeys.deactivate })
      .click()
    await expect(page.getByText(m.accessKeys.states.Inactive)).toBeVisible()
    await expect(aws(commands.at(-1)!)).rejects.toThrow(/403/)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
