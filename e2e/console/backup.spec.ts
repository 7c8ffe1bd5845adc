import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { BACKUP_COMMANDS } from '../../components/backup/backup-commands.ts'
import { Coffer } from '../coffer.ts'
import { expect, personName, test } from '../fixtures.ts'
import { carrySession, expectAccessible, LANGUAGES } from './pages.ts'
import { joinAs } from './members.ts'

const m = LANGUAGES.en.messages.backup
const run = promisify(execFile)
const PROJECT = join(import.meta.dirname, '..', '..')

test.use({ locale: 'en-US' })

test('the banner goes when a backup was verified, and comes back when a key is newer', async ({
  page,
  context,
}) => {
  test.setTimeout(240_000)
  const coffer = await Coffer.start()
  try {
    await coffer.makeAdministrator()
    await carrySession(context, coffer)
    await page.goto(`${coffer.consoleUrl}/buckets`)
    await expect(page.getByText(m.banner.never)).toBeVisible()
    await page.getByRole('link', { name: m.banner.mend.never }).click()
    await expect(page.getByText(m.state.never.title)).toBeVisible()
    await expectAccessible(page)
    // What is run below is what the page shows.
    for (const command of Object.values(BACKUP_COMMANDS))
      await expect(page.getByText(command, { exact: true })).toBeVisible()

    await runShown(coffer, BACKUP_COMMANDS.make)
    await page.getByRole('button', { name: m.lookAgain }).click()
    await expect(page.getByText(m.state.unverified.title)).toBeVisible()
    await page.goto(`${coffer.consoleUrl}/buckets`)
    await expect(page.getByText(m.banner.unverified)).toBeVisible()

    await runShown(coffer, BACKUP_COMMANDS.verify)
    await page.goto(`${coffer.consoleUrl}/backup`)
    await expect(page.getByText(m.state.verified.title)).toBeVisible()
    await page.goto(`${coffer.consoleUrl}/buckets`)
    await expect(page.getByRole('link', { name: m.title })).toBeVisible()
    await expect(page.getByRole('link', { name: m.banner.mend.stale })).toHaveCount(0)
    await expect(page.getByText(m.banner.unverified)).toHaveCount(0)

    await coffer.request('POST', '/api/projects', { name: 'A newer project' })
    await page.reload()
    await expect(page.getByRole('link', { name: m.banner.mend.stale })).toBeVisible()
    await expectAccessible(page)
  } finally {
    await coffer.destroy()
  }
})

test('who does not keep the server is not nagged', async ({ page, context, coffer }) => {
  // A second owner of the shared project would let the last one leave.
  const made = await coffer.request('POST', '/api/projects', { name: 'Hers' })
  const { projectId } = (await made.json()) as { projectId: string }
  await carrySession(context, coffer, await joinAs(coffer, 'owner', personName('Olga Nowak'), projectId))
  await page.goto(`${coffer.consoleUrl}/buckets`)
  await expect(page.getByText(m.banner.never)).toHaveCount(0)
  await expect(page.getByRole('link', { name: m.title })).toHaveCount(0)
  await page.goto(`${coffer.consoleUrl}/backup`)
  await expect(page.getByText(m.notYoursTitle)).toBeVisible()
})

/** A command as the page has it, on the machine of the server; the passphrase comes from a file, as nobody can type. */
async function runShown(coffer: Coffer, command: string): Promise<void> {
  const passphrase = join(coffer.folder, 'passphrase')
  writeFileSync(passphrase, 'seven calm boats leave the harbour\n', { mode: 0o600 })
  const [, , script = '', , ...args] = command.split(' ')
  await run(
    process.execPath,
    [join('scripts', `${script.replace(':', '-')}.mjs`), ...args, '--passphrase-file', passphrase],
    {
      cwd: PROJECT,
      env: {
        ...process.env,
        COFFER_DATA_DIR: coffer.dataDir,
        COFFER_ROOT_KEY_FILE: join(coffer.folder, 'keys', 'root.key'),
        // Where the command was typed: its file lands there.
        INIT_CWD: coffer.folder,
      },
    },
  )
}
