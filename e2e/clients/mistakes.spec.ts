import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ADMINISTRATOR, Coffer, freePort } from '../coffer.ts'
import { expect, test } from '../fixtures.ts'

const PROJECT = join(import.meta.dirname, '..', '..')

/** What operators do by mistake, and what they are told. */
let folder: string
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-mistakes-'))
})
test.afterEach(() => rmSync(folder, { recursive: true, force: true }))

const dataDir = (): string => join(folder, 'disk', 'data')

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

const UNFORESEEN = 'error of its own'

test('a data folder that cannot be one, and a host that has no address, are told as what they are', async () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const mistakes = [
    [{ COFFER_DATA_DIR: file }, `${file} cannot be used: it, or a part of its path, is a file`],
    [{ COFFER_DATA_DIR: '/proc/x' }, '/proc/x is not there, or cannot be made there'],
    [{ COFFER_HOST: 'nosuchhost.invalid' }, 'COFFER_HOST is not an address of this machine'],
  ] as const
  for (const [env, words] of mistakes) {
    const told = await failedStart(env)
    expect(told).toContain(words)
    expect(told).not.toContain(UNFORESEEN)
  }
})

test('a full disk is told as one: at sign-in, by a command and by a start', async () => {
  const disk = join(folder, 'disk')
  mkdirSync(disk)
  test.skip(!mounted(disk), 'no disk can be mounted here')
  const passphrase = join(folder, 'passphrase')
  writeFileSync(passphrase, 'five words nobody else knows', { mode: 0o600 })
  const env = { COFFER_DATA_DIR: dataDir(), COFFER_ROOT_KEY_FILE: join(folder, 'root.key') }
  const coffer = await Coffer.start(env)
  try {
    await coffer.makeAdministrator()
    fill(disk)
    await expect(coffer.request('POST', '/api/session', ADMINISTRATOR)).rejects.toThrow(/answered 507/)
    const made = await run('kms-backup', ['--to', 'keys.backup', '--passphrase-file', passphrase])
    expect(made.output).toMatch(/Sealed the root key[\s\S]*keys\.backup is whole: keep it[\s\S]*is full/)
    expect(made.output).not.toContain(UNFORESEEN)
    expect(made.code).toBe(1)
    await coffer.kill9()
    fill(disk)
    const told = await failedStart(env)
    expect(told).toMatch(/full|no room/)
    expect(told).not.toContain(UNFORESEEN)
  } finally {
    await coffer.destroy()
    execFileSync('umount', ['-l', disk])
  }
})

/** Gives the folder a disk of its own; false where this user may not. */
function mounted(path: string): boolean {
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', path])
  return status === 0
}

function fill(disk: string): void {
  const write = (): void => {
    for (;;) appendFileSync(join(disk, 'filler'), Buffer.alloc(4096))
  }
  expect(write).toThrow(/ENOSPC/)
}

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
