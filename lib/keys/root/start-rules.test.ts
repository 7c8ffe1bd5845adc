import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '../../config.ts'
import { startSystem } from '../../dialects/testing/running-system.ts'
import type { RunningSystem } from '../../dialects/testing/running-system.ts'
import { explainStartFailure } from '../../ports/start-failure.ts'
import { createSystem } from '../../system.ts'
import { startVaultPeer } from '../providers/vault-peer.test-support.ts'
import type { VaultPeer } from '../providers/vault-peer.test-support.ts'
import { refusal } from './conformance.ts'
import { encodeRootKey } from './root-key-text.ts'

/** The rules of a start, each on the whole system: database, root and keys are the real ones. */
let folder: string
let vault: VaultPeer
let kms: RunningSystem

beforeAll(async () => {
  vault = await startVaultPeer()
  vault.keys.set('coffer-root', { versions: [randomBytes(32)], minDecryption: 1 })
  kms = await startSystem()
})
afterAll(async () => {
  await vault.stop()
  await kms.stop()
})
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'coffer-start-'))))
afterEach(() => {
  delete process.env.COFFER_ROOT_PASSPHRASE
  rmSync(folder, { recursive: true, force: true })
})

type Settings = Record<string, string>

function secretFile(name: string, text: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

const keyFile = () => join(folder, 'keys', 'root.key')

async function start(settings: Settings): Promise<void> {
  const own = { COFFER_DATA_DIR: join(folder, 'data'), COFFER_ROOT_KEY_FILE: keyFile() }
  const system = await createSystem(readConfig({ ...own, ...settings }, folder))
  await system.close()
}

interface Driver {
  settings: () => Settings
  /** the file that holds the root, wrapped or not */
  place: () => string
  /** another secret where the right one is needed to open the root */
  spoil?: (settings: Settings) => Settings
  modes: number[]
}

// conformance.ts has all of them.
const OPEN_TO_OTHERS = [0o644]
const wrapped = () => `${keyFile()}.wrapped`

const DRIVERS: Record<string, Driver> = {
  file: { settings: () => ({}), place: keyFile, modes: [0o640, 0o604, 0o666] },
  passphrase: {
    settings: () => ({
      COFFER_ROOT: 'passphrase',
      COFFER_ROOT_PASSPHRASE_FILE: secretFile('passphrase', 'correct horse battery staple\n'),
    }),
    place: wrapped,
    spoil: (settings) => ({ ...settings, COFFER_ROOT_PASSPHRASE_FILE: secretFile('other', 'wrong horse\n') }),
    modes: OPEN_TO_OTHERS,
  },
  credential: {
    settings: () => {
      const directory = join(folder, 'credentials')
      mkdirSync(directory, { recursive: true })
      const path = join(directory, 'coffer-root-key')
      if (!statSync(path, { throwIfNoEntry: false })) writeFileSync(path, randomBytes(32), { mode: 0o600 })
      return { COFFER_ROOT: 'credential', CREDENTIALS_DIRECTORY: directory }
    },
    place: () => join(folder, 'credentials', 'coffer-root-key'),
    modes: OPEN_TO_OTHERS,
  },
  vault: {
    settings: () => ({
      COFFER_ROOT: 'vault',
      COFFER_ROOT_VAULT_ADDRESS: vault.address,
      COFFER_ROOT_VAULT_TOKEN_FILE: secretFile('token', vault.token),
    }),
    place: wrapped,
    spoil: (settings) => ({ ...settings, COFFER_ROOT_VAULT_KEY: 'another' }),
    modes: OPEN_TO_OTHERS,
  },
  'aws-kms': {
    settings: () => {
      const { accessKeyId, secretAccessKey } = kms.credentials
      const text = `[default]\naws_access_key_id=${accessKeyId}\naws_secret_access_key=${secretAccessKey}\n`
      return {
        COFFER_ROOT: 'aws-kms',
        COFFER_ROOT_AWS_KMS_KEY: 'alias/coffer/default',
        COFFER_ROOT_AWS_KMS_REGION: 'us-east-1',
        COFFER_ROOT_AWS_KMS_ENDPOINT: `http://127.0.0.1:${kms.port}`,
        COFFER_ROOT_AWS_KMS_CREDENTIALS_FILE: secretFile('credentials-file', text),
      }
    },
    place: wrapped,
    spoil: (settings) => ({ ...settings, COFFER_ROOT_AWS_KMS_KEY: 'alias/none' }),
    modes: OPEN_TO_OTHERS,
  },
}

describe.each(Object.keys(DRIVERS))('with COFFER_ROOT=%s', (name) => {
  const driver = DRIVERS[name]!

  test('a first start makes or takes its root, and the next one opens it', async () => {
    await start(driver.settings())
    await start(driver.settings())
    expect(statSync(driver.place()).isFile()).toBe(true)
  })

  test('no root is made where wrapped keys exist', async () => {
    const settings = driver.settings()
    await start(settings)
    rmSync(driver.place())
    const error = await refusal(start(settings))
    expect(error.message).toContain('is missing')
    expect(explainStartFailure(error)).toContain(error.mend)
    expect(statSync(driver.place(), { throwIfNoEntry: false })).toBeUndefined()
  })

  test.each(driver.modes)('a file open to others is refused: mode %o', async (mode) => {
    const settings = driver.settings()
    await start(settings)
    chmodSync(driver.place(), mode)
    expect((await refusal(start(settings))).mend).toContain('chmod 600')
    chmodSync(driver.place(), 0o600)
    await start(settings)
  })

  test('a half-written file is refused', async () => {
    const settings = driver.settings()
    await start(settings)
    const whole = readFileSync(driver.place())
    writeFileSync(driver.place(), whole.subarray(0, whole.length / 2))
    expect((await refusal(start(settings))).message).toContain('half-written')
  })

  test('the root of another data folder is refused', async () => {
    const settings = driver.settings()
    await start(settings)
    const data = { ...settings, COFFER_DATA_DIR: join(folder, 'other-data') }
    rmSync(driver.place())
    driver.settings()
    await start(data)
    const error = await refusal(start(settings))
    expect(error.message).toContain('another root key')
    expect(error.mend).toContain('COFFER_DATA_DIR')
  })

  if (driver.spoil) {
    test('the wrong secret is refused, and the right one still opens', async () => {
      const settings = driver.settings()
      await start(settings)
      vault.keys.set('another', { versions: [randomBytes(32)], minDecryption: 1 })
      await refusal(start(driver.spoil!(settings)))
      await start(settings)
    })
  }
})

test('a missing credential is told, with the command that makes one', async () => {
  expect((await refusal(start({ COFFER_ROOT: 'credential' }))).mend).toContain('systemd-creds encrypt')
})

test('a passphrase file that others may read, or that is missing, is refused', async () => {
  const settings = DRIVERS.passphrase!.settings()
  chmodSync(settings.COFFER_ROOT_PASSPHRASE_FILE!, 0o644)
  expect((await refusal(start(settings))).mend).toContain('chmod 600')
  rmSync(settings.COFFER_ROOT_PASSPHRASE_FILE!)
  expect((await refusal(start(settings))).message).toContain('is missing')
})

test('a data folder that began with a key file is not opened by a passphrase, nor is a new root made', async () => {
  await start({})
  const error = await refusal(start(DRIVERS.passphrase!.settings()))
  expect(error.mend).toContain('root:move')
  expect(statSync(wrapped(), { throwIfNoEntry: false })).toBeUndefined()
})

test('a key service that is away at the start is told by its address', async () => {
  const settings = DRIVERS.vault!.settings()
  await start(settings)
  const error = await refusal(start({ ...settings, COFFER_ROOT_VAULT_ADDRESS: 'http://127.0.0.1:1' }))
  expect(error.message).toContain('http://127.0.0.1:1 does not answer')
})

test('COFFER_ROOT=pkcs11 without the package is told how to install it', async () => {
  const error = await refusal(
    start({
      COFFER_ROOT: 'pkcs11',
      COFFER_ROOT_PKCS11_MODULE: '/usr/lib/softhsm/libsofthsm2.so',
      COFFER_ROOT_PKCS11_TOKEN: 'coffer',
      COFFER_ROOT_PKCS11_PIN_FILE: secretFile('pin', '1234\n'),
    }),
  )
  expect(error.mend).toContain('npm install --no-save pkcs11js')
})

test('the passphrase in the environment is taken out of it', async () => {
  process.env.COFFER_ROOT_PASSPHRASE = 'correct horse battery staple'
  await start({ COFFER_ROOT: 'passphrase', COFFER_ROOT_PASSPHRASE: 'set' })
  expect(process.env.COFFER_ROOT_PASSPHRASE).toBeUndefined()
})

test('the root lies nowhere in the data folder in the clear', async () => {
  const secret = randomBytes(32)
  mkdirSync(join(folder, 'keys'))
  writeFileSync(keyFile(), encodeRootKey(Buffer.from(secret)), { mode: 0o600 })
  await start({})
  const database = readFileSync(join(folder, 'data', 'coffer.db'))
  expect(database.includes(secret) || database.includes(secret.toString('base64'))).toBe(false)
})
