import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MemoryKeyRepository } from '../memory-key-repository.test-support.ts'
import { StartError } from '../start-error.ts'
import { FileRoot } from './file.ts'
import { openRoot } from './open-root.ts'
import { decodeRootKey, encodeRootKey } from './root-key-text.ts'

let folder: string
let repository: MemoryKeyRepository
let rootKeyFile: string
let dataDir: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-root-'))
  repository = new MemoryKeyRepository()
  rootKeyFile = join(folder, 'config', 'coffer', 'root.key')
  dataDir = join(folder, 'data')
  mkdirSync(dataDir)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = () => openRoot({ source: new FileRoot(rootKeyFile), dataDir, repository })

/** A StartError that names the file and never its content. */
async function refusal(): Promise<StartError> {
  const error: unknown = await open().catch((e: unknown) => e)
  expect(error).toBeInstanceOf(StartError)
  const { message, mend } = error as StartError
  expect(message.length).toBeGreaterThan(20)
  expect(mend.length).toBeGreaterThan(20)
  const secret = statSync(rootKeyFile, { throwIfNoEntry: false })?.isFile()
    ? readFileSync(rootKeyFile, 'utf8').split('\n')[1]
    : undefined
  // A file cut after one character of the secret holds no secret, and every sentence holds that character.
  if (secret !== undefined && secret.length >= 8) expect(message + mend).not.toContain(secret)
  return error as StartError
}

function wrapSomething(): void {
  repository.versions.push({
    keyId: 'k',
    version: 1,
    wrappedMaterial: Buffer.alloc(1),
    checkValue: Buffer.alloc(1),
    createdAt: 0,
    reason: 'CREATION',
  })
}

describe('the first start', () => {
  test('makes a key only its owner can read, in a folder only its owner can enter', async () => {
    const root = await open()
    expect(statSync(rootKeyFile).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'config', 'coffer')).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'config')).mode & 0o777).toBe(0o700)
    expect(readdirSync(join(folder, 'config', 'coffer'))).toEqual(['root.key'])
    expect(repository.checkValue).toEqual(root.checkValue)
    expect(decodeRootKey(readFileSync(rootKeyFile, 'utf8'))).toHaveLength(32)
  })

  test('is followed by starts that open the same root', async () => {
    const first = (await open()).derive('seal', 'x')
    wrapSomething()
    expect((await open()).derive('seal', 'x')).toEqual(first)
  })

  test('may be given a key that was made elsewhere', async () => {
    mkdirSync(join(folder, 'config', 'coffer'), { recursive: true })
    writeFileSync(rootKeyFile, encodeRootKey(randomBytes(32)), { mode: 0o600 })
    expect((await open()).checkValue).toEqual(repository.checkValue)
  })

  test('after one that ended between file and database goes on with the same file', async () => {
    const first = await open()
    repository.checkValue = undefined
    expect((await open()).checkValue).toEqual(first.checkValue)
  })

  test('two at once never leave two roots', async () => {
    const outcomes = await Promise.allSettled([open(), open(), open()])
    const opened = outcomes.filter((outcome) => outcome.status === 'fulfilled')
    expect(new Set(opened.map(({ value }) => value.checkValue.toString('hex'))).size).toBeLessThanOrEqual(1)
    expect(repository.checkValue).toEqual((await open()).checkValue)
  })

  test('says so when the folder cannot be made', async () => {
    writeFileSync(join(folder, 'config'), 'a file in the way')
    expect((await refusal()).message).toContain('cannot be')
  })
})

describe('a start is refused', () => {
  test('when the root is missing but keys are wrapped, or were ever', async () => {
    wrapSomething()
    expect((await refusal()).message).toContain('is missing')
    repository.versions.length = 0
    repository.checkValue = randomBytes(32)
    expect((await refusal()).message).toContain('is missing')
    expect(statSync(rootKeyFile, { throwIfNoEntry: false })).toBeUndefined()
  })

  test.each([0o640, 0o604, 0o660, 0o620, 0o601, 0o644, 0o777])(
    'when the file is open to others: mode %o',
    async (mode) => {
      await open()
      chmodSync(rootKeyFile, mode)
      const { message, mend } = await refusal()
      expect(message).toContain(mode.toString(8))
      expect(mend).toContain(`chmod 600 ${rootKeyFile}`)
      chmodSync(rootKeyFile, 0o400)
      await open()
    },
  )

  test('when it is another root', async () => {
    await open()
    writeFileSync(rootKeyFile, encodeRootKey(randomBytes(32)))
    expect((await refusal()).message).toContain('another root key')
  })

  test('when it is cut anywhere or one character was mistyped', async () => {
    await open()
    const text = readFileSync(rootKeyFile, 'utf8')
    for (let length = 0; length < text.length - 1; length++) {
      writeFileSync(rootKeyFile, text.slice(0, length))
      expect((await refusal()).message).toContain('half-written')
    }
    for (const at of [3, 16, 18, 30, 60, 63, 70]) {
      for (const mistyped of [...'abcdefgABCDEFG0123+/'].filter((character) => character !== text[at])) {
        writeFileSync(rootKeyFile, text.slice(0, at) + mistyped + text.slice(at + 1))
        expect((await refusal()).message).toContain('half-written')
      }
    }
    writeFileSync(rootKeyFile, text + 'x'.repeat(100_000))
    expect((await refusal()).mend).toContain('backup')
    writeFileSync(rootKeyFile, text)
    await open()
  })

  test('when it is half-written and nothing is encrypted yet: the mend is to start anew', async () => {
    mkdirSync(join(folder, 'config', 'coffer'), { recursive: true })
    writeFileSync(rootKeyFile, '', { mode: 0o600 })
    expect((await refusal()).mend).toContain('start again')
  })

  test('when keys are wrapped but the database lost the check value', async () => {
    await open()
    wrapSomething()
    repository.checkValue = undefined
    expect((await refusal()).message).toContain('no check value')
    expect(repository.checkValue).toBeUndefined()
  })

  test('when the path is a folder', async () => {
    mkdirSync(rootKeyFile, { recursive: true, mode: 0o700 })
    expect((await refusal()).message).toContain('not a regular file')
  })

  test('when the file lies inside the data folder, also by way of links', async () => {
    rootKeyFile = join(dataDir, 'keys', 'root.key')
    expect((await refusal()).message).toContain('inside the data folder')
    rootKeyFile = join(dataDir, '..keys', 'root.key')
    expect((await refusal()).message).toContain('inside the data folder')
    symlinkSync(dataDir, join(folder, 'elsewhere'))
    rootKeyFile = join(folder, 'elsewhere', 'root.key')
    expect((await refusal()).message).toContain('inside the data folder')
    writeFileSync(join(dataDir, 'hidden.key'), encodeRootKey(randomBytes(32)), { mode: 0o600 })
    symlinkSync(join(dataDir, 'hidden.key'), join(folder, 'link.key'))
    rootKeyFile = join(folder, 'link.key')
    expect((await refusal()).message).toContain('inside the data folder')
  })

  test('but not for a neighbour whose name begins alike', async () => {
    rootKeyFile = join(folder, 'data-keys', 'root.key')
    await open()
  })
})
