import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Coffer, freePort } from '../coffer.ts'
import { expect, test } from '../fixtures.ts'

const PROJECT = join(import.meta.dirname, '..', '..')

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

/** A command as `npm run` runs it; `project` is a checkout. */
function run(command: string, args: string[], project = PROJECT): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [join('scripts', `${command}.mjs`), ...args], {
    cwd: project,
    env: {
      ...process.env,
      INIT_CWD: folder,
      COFFER_DATA_DIR: dataDir(),
      COFFER_ROOT_KEY_FILE: join(folder, 'root.key'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (output += text.toString()))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code: code ?? -1, output })))
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

test('root:move makes no store where there is none, in a fresh checkout too', async () => {
  const checkout = join(folder, 'checkout')
  for (const name of ['lib', 'scripts', 'prisma', 'prisma.config.ts', 'package.json', 'package-lock.json'])
    cpSync(join(PROJECT, name), join(checkout, name), {
      recursive: true,
      filter: (source) => source !== join(PROJECT, 'lib', 'db', 'generated'),
    })
  symlinkSync(join(PROJECT, 'node_modules'), join(checkout, 'node_modules'))
  const moved = await run('root-move', ['COFFER_ROOT=file'], checkout)
  expect(moved).toMatchObject({ code: 1, output: expect.stringContaining('There is no database at') })
  expect(readdirSync(folder)).toEqual(['checkout'])
})
