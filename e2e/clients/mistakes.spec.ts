import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Coffer, freePort } from '../coffer.ts'
import { expect, test } from '../fixtures.ts'

/** What operators do by mistake, and what they are told. */
let folder: string
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-mistakes-'))
})
test.afterEach(() => rmSync(folder, { recursive: true, force: true }))

const dataDir = (): string => join(folder, 'data')

/** What a start says that fails, without its stack if it has one. */
async function failedStart(env: Record<string, string>): Promise<string> {
  const keys = { COFFER_DATA_DIR: dataDir(), COFFER_ROOT_KEY_FILE: join(folder, 'root.key') }
  const error: unknown = await Coffer.start({ ...keys, ...env }).catch((reason: unknown) => reason)
  return String(error)
}

test('a start whose port is taken says which, and closes the database', async () => {
  const other = createServer().listen(await freePort(), '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  try {
    expect(await failedStart({ COFFER_CONSOLE_PORT: String(port) })).toContain(`Port ${port} is in use`)
  } finally {
    other.close()
  }
  expect(readdirSync(dataDir()).sort()).toEqual(['blobs', 'coffer.db', 'coffer.lock'])
})
