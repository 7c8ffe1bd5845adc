import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../coffer.ts'
import { expect, test } from '../fixtures.ts'

const PROJECT = join(import.meta.dirname, '..', '..')

/** Starts it as the README says; the console may have to be built first. */
async function npmStart(folder: string): Promise<{ npm: ChildProcess; log: () => string }> {
  const npm = spawn('npm', ['start'], {
    cwd: PROJECT,
    env: {
      ...process.env,
      COFFER_DATA_DIR: join(folder, 'data'),
      COFFER_ROOT_KEY_FILE: join(folder, 'root.key'),
      COFFER_CONSOLE_PORT: String(await freePort()),
      COFFER_OBJECT_PORT: String(await freePort()),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (text: Buffer) => (log += text.toString()))
  return { npm, log: () => log }
}

// SIGINT to npm alone ends nothing: the shell between keeps it until its command ends. Ctrl-C reaches all of them.
for (const signal of ['SIGTERM', 'SIGHUP', 'SIGKILL'] as const)
  test(`${signal} to npm stops the server that npm started, in good order`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'coffer-npm-'))
    const { npm, log } = await npmStart(folder)
    try {
      await expect.poll(log, { timeout: 150_000 }).toContain('Coffer is running')
      // Ends with the last process that could still print, not with npm.
      const allEnded = once(npm, 'close')
      npm.kill(signal)
      await allEnded
      expect(log()).toContain('Stopping: running requests may finish.')
      // A database that was closed has no journal.
      expect(readdirSync(join(folder, 'data')).sort()).toEqual(['blobs', 'coffer.db', 'coffer.lock'])
    } finally {
      npm.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    }
  })
