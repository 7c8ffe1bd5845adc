import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { startSystem } from '../../dialects/testing/running-system.ts'
import type { RunningSystem } from '../../dialects/testing/running-system.ts'
import { startVaultPeer } from '../providers/vault-peer.test-support.ts'
import type { VaultPeer } from '../providers/vault-peer.test-support.ts'
import { refusal, rootConformance } from './conformance.ts'
import { rootSource } from './root-from-settings.ts'
import type { RootSurroundings } from './root-from-settings.ts'
import type { RootSettings } from '../../config-keys.ts'
import type { RootSource } from './root-source.ts'

const ANY = [0o640, 0o604, 0o644, 0o660, 0o777]

const around = (more: Partial<RootSurroundings> = {}): RootSurroundings => ({
  environment: {},
  stdin: Readable.from([]),
  warn: () => undefined,
  // What is slow about scrypt is not what is tested here; one test below has it as it is.
  scryptLogN: 10,
  ...more,
})

const source = (settings: RootSettings, more: Partial<RootSurroundings> = {}): RootSource =>
  rootSource(settings, around(more))

const PASSPHRASE = 'six random words are a passphrase'

function privateFile(path: string, text: string): string {
  writeFileSync(path, `${text}\n`, { mode: 0o600 })
  return path
}

rootConformance('the key file', (folder) => {
  const path = join(folder, 'config', 'root.key')
  return { open: () => source({ driver: 'file', path }), path, openModes: ANY, wrapped: false }
})

rootConformance('the passphrase', (folder) => {
  const path = join(folder, 'root.key.wrapped')
  const file = privateFile(join(folder, 'passphrase'), PASSPHRASE)
  const passphrase = { from: 'file' as const, path: file }
  const open = () => source({ driver: 'passphrase', wrappedPath: path, passphrase })
  return { open, path, openModes: ANY, wrapped: true }
})

rootConformance('the systemd credential', (folder) => {
  const directory = join(folder, 'credentials')
  const path = join(directory, 'coffer-root-key')
  mkdirSync(directory)
  return {
    open: () => source({ driver: 'credential', directory, name: 'coffer-root-key' }),
    path,
    place: (secret) => writeFileSync(path, secret, { mode: 0o440 }),
    openModes: [0o444, 0o604, 0o620, 0o644],
    wrapped: false,
  }
})

describe('over key services', () => {
  let vault: VaultPeer
  let kms: RunningSystem
  let secrets: string
  beforeAll(async () => {
    secrets = mkdtempSync(join(tmpdir(), 'coffer-secrets-'))
    vault = await startVaultPeer()
    kms = await startSystem()
    vault.keys.set('coffer-root', { versions: [randomBytes(32)], minDecryption: 1 })
    const { accessKeyId, secretAccessKey } = kms.credentials
    const text = `[default]\naws_access_key_id=${accessKeyId}\naws_secret_access_key=${secretAccessKey}`
    privateFile(join(secrets, 'credentials'), text)
    privateFile(join(secrets, 'token'), vault.token)
  })
  afterAll(async () => {
    await vault.stop()
    await kms.stop()
    rmSync(secrets, { recursive: true })
  })

  const vaultRoot = (wrappedPath: string, more: { key?: string; address?: string } = {}): RootSource =>
    source({
      driver: 'vault',
      wrappedPath,
      service: {
        address: vault.address,
        mount: 'transit',
        key: 'coffer-root',
        namespace: undefined,
        caFile: undefined,
        login: { kind: 'token', file: join(secrets, 'token') },
        ...more,
      },
    })
  const kmsRoot = (wrappedPath: string, key = 'alias/coffer/default'): RootSource =>
    source({
      driver: 'aws-kms',
      wrappedPath,
      service: {
        key,
        region: 'us-east-1',
        endpoint: `http://127.0.0.1:${kms.port}`,
        caFile: undefined,
        credentialsFile: join(secrets, 'credentials'),
        profile: 'default',
      },
    })

  rootConformance('Vault Transit', (folder) => {
    const path = join(folder, 'root.key.wrapped')
    return { open: () => vaultRoot(path), path, openModes: ANY, wrapped: true }
  })

  rootConformance('AWS KMS', (folder) => {
    const path = join(folder, 'root.key.wrapped')
    return { open: () => kmsRoot(path), path, openModes: ANY, wrapped: true }
  })

  test('another key, a service that is sealed or away: each has its own mend', async () => {
    const path = join(secrets, 'root.key.wrapped')
    await vaultRoot(path).keep(randomBytes(32), false)
    vault.keys.set('other', { versions: [randomBytes(32)], minDecryption: 1 })
    expect((await refusal(vaultRoot(path, { key: 'other' }).unseal())).message).toContain('cannot be opened')
    expect((await refusal(vaultRoot(path, { key: 'none' }).unseal())).mend).toContain('credentials')
    vault.status = 503
    expect((await refusal(vaultRoot(path).unseal())).message).toContain('503')
    vault.status = undefined
    const away = vaultRoot(path, { address: 'http://127.0.0.1:1' })
    expect((await refusal(away.unseal())).message).toContain('ECONNREFUSED')
    expect(
      (await refusal(kmsRoot(join(secrets, 'k'), 'alias/none').keep(randomBytes(32), false))).message,
    ).toContain('NotFoundException')
  })

  test('a file that another driver wrapped is told by its name', async () => {
    const path = join(secrets, 'by-vault.wrapped')
    await vaultRoot(path).keep(randomBytes(32), false)
    const { message, mend } = await refusal(kmsRoot(path).unseal())
    expect(message).toContain('COFFER_ROOT=vault')
    expect(mend).toContain('root:move')
  })
})

describe('the passphrase', () => {
  let folder: string
  let wrappedPath: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'coffer-passphrase-'))
    wrappedPath = join(folder, 'root.key.wrapped')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const fromFile = (text: string, path = wrappedPath): RootSource =>
    source({
      driver: 'passphrase',
      wrappedPath: path,
      passphrase: { from: 'file', path: privateFile(join(folder, 'passphrase'), text) },
    })
  const fromStdin = (stdin: RootSurroundings['stdin']): RootSource =>
    source({ driver: 'passphrase', wrappedPath, passphrase: { from: 'stdin' } }, { stdin })

  test('from a file, standard input and the environment is the same; the environment is warned of and emptied', async () => {
    const secret = randomBytes(32)
    await fromFile(PASSPHRASE).keep(Buffer.from(secret), false)
    const whole = { kind: 'whole', secret }
    expect(
      await fromStdin(Readable.from([PASSPHRASE.slice(0, 5), `${PASSPHRASE.slice(5)}\nmore`])).unseal(),
    ).toEqual(whole)
    const environment: Record<string, string | undefined> = { COFFER_ROOT_PASSPHRASE: PASSPHRASE }
    const warnings: string[] = []
    const settings: RootSettings = { driver: 'passphrase', wrappedPath, passphrase: { from: 'environment' } }
    const byEnvironment = source(settings, { environment, warn: (text) => warnings.push(text) })
    expect(await byEnvironment.unseal()).toEqual(whole)
    expect(environment).toEqual({})
    expect(warnings.join()).toContain('COFFER_ROOT_PASSPHRASE_FILE')
    expect(warnings.join()).not.toContain(PASSPHRASE)
    expect(await byEnvironment.unseal()).toEqual(whole)
  })

  test('that is wrong is refused, and not repeated', async () => {
    const error = await refusal(fromFile('another passphrase altogether').unseal())
    expect(error.message).toContain('cannot be opened with the passphrase')
    expect(error.message + error.mend).not.toContain('altogether')
  })

  test('spelt in another Unicode form is the same', async () => {
    const path = join(folder, 'unicode.wrapped')
    const passphrase = 'Ünïcödé passphrase 密碼'
    await fromFile(passphrase.normalize('NFC'), path).keep(randomBytes(32), false)
    expect((await fromFile(passphrase.normalize('NFD'), path).unseal()).kind).toBe('whole')
  })

  test('that is short makes no root', async () => {
    expect(
      (await refusal(fromFile('eleven char', join(folder, 's')).keep(randomBytes(32), false))).message,
    ).toContain('12')
  })

  test('in a file that is missing, empty or open to others is refused', async () => {
    const path = join(folder, 'passphrase')
    const again = source({ driver: 'passphrase', wrappedPath, passphrase: { from: 'file', path } })
    privateFile(path, '')
    expect((await refusal(again.unseal())).message).toContain('is empty')
    privateFile(path, PASSPHRASE)
    chmodSync(path, 0o644)
    const open = source({ driver: 'passphrase', wrappedPath, passphrase: { from: 'file', path } })
    expect((await refusal(open.unseal())).mend).toContain('chmod 600')
    rmSync(path)
    const none = source({ driver: 'passphrase', wrappedPath, passphrase: { from: 'file', path } })
    expect((await refusal(none.unseal())).message).toContain('is missing')
  })

  test('is not asked for at a terminal, where it would be seen, nor taken from an empty pipe', async () => {
    const terminal = Object.assign(Readable.from(['x']), { isTTY: true })
    expect((await refusal(fromStdin(terminal).unseal())).mend).toContain('systemd-ask-password')
    expect((await refusal(fromStdin(Readable.from([])).unseal())).message).toContain('no passphrase')
  })

  test('a file with other parameters is refused before they cost anything', async () => {
    const { PassphraseWrapper } = await import('./passphrase.ts')
    const wrapper = new PassphraseWrapper({ name: 'the passphrase', files: [], read: async () => PASSPHRASE })
    const wrapped = await wrapper.wrap(randomBytes(32))
    for (const [at, value] of [
      [0, 2],
      [1, 16],
      [1, 21],
      [1, 255],
      [2, wrapped[2]! ^ 1],
      [40, wrapped[40]! ^ 1],
    ] as const) {
      const changed = Buffer.from(wrapped)
      changed[at] = value
      expect(await wrapper.unwrap(changed)).toBeUndefined()
    }
    for (const length of [0, 1, 40, 61, wrapped.length - 1])
      expect(await wrapper.unwrap(wrapped.subarray(0, length))).toBeUndefined()
    expect((await wrapper.unwrap(wrapped))?.length).toBe(32)
  })
})

test('a credential may also be the text of a root key file; without systemd there is none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-credential-'))
  const path = join(folder, 'c')
  const secret = randomBytes(32)
  await source({ driver: 'file', path }).keep(Buffer.from(secret), false)
  expect(await source({ driver: 'credential', directory: folder, name: 'c' }).unseal()).toEqual({
    kind: 'whole',
    secret,
  })
  expect(readFileSync(path, 'utf8')).toContain('coffer-root-key 1')
  expect(await source({ driver: 'credential', directory: undefined, name: 'c' }).unseal()).toEqual({
    kind: 'missing',
  })
  rmSync(folder, { recursive: true })
})
