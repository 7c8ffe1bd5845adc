import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { rememberBackup, rememberVerification } from '../db/offline-database.ts'
import { CredentialRoot } from '../keys/root/credential.ts'
import { FileRoot } from '../keys/root/file.ts'
import { PassphraseWrapper } from '../keys/root/passphrase.ts'
import { WrappedRoot } from '../keys/root/wrapped-root.ts'
import { ENCRYPTED, METHODS, openBench, put } from '../store/store.test-support.ts'
import type { Bench } from '../store/store.test-support.ts'
import { backupState } from './backup-state.ts'
import {
  backUp,
  databaseFileOf,
  offline,
  openWithSheets,
  rootSecretOf,
  rotate,
  storedKeysOf,
  THREE_OF_FIVE,
} from './backup.test-support.ts'
import { BackupError } from './backup-error.ts'
import { makeBackup } from './make-backup.ts'
import { openBackup, recordOf } from './open-backup.ts'
import { refuseExternalKey } from './offline-keyring.ts'
import { restoreRoot } from './restore.ts'
import { verifyBackup } from './verify-backup.ts'
import type { Evidence, Verification } from './verify-backup.ts'

let bench: Bench
let folder: string
let file: string
beforeEach(async () => {
  bench = await openBench()
  folder = mkdtempSync(join(tmpdir(), 'coffer-backup-'))
  file = join(folder, 'keys.backup')
})
afterEach(async () => {
  await bench.dispose()
  rmSync(folder, { recursive: true, force: true })
})

function evidence(): Evidence {
  return offline(bench, (database) => {
    const [facts, samples] = [database.backupFacts(), database.samples()]
    return { facts, samples: () => samples }
  })
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((e: unknown) => e)
  expect(error).toBeInstanceOf(BackupError)
  return (error as BackupError).code
}

async function verified(made: Awaited<ReturnType<typeof backUp>>): Promise<Verification> {
  return verifyBackup(await openWithSheets(made, file), evidence())
}

describe('a backup', () => {
  test('is one private file with its sheets, and holds the rows of all keys as they are', async () => {
    await rotate(bench)
    const made = await backUp(bench, file)
    expect(readdirSync(folder)).toHaveLength(6)
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    const backup = await openWithSheets(made, file)
    const stored = storedKeysOf(bench)
    expect(backup.keys).toEqual(stored.keys)
    expect(backup.keys).toHaveLength(2)
    expect(backup.serviceKeys).toEqual({ periodDays: 90, projects: stored.projects })
    expect(backup.root.secret).toEqual(rootSecretOf(bench))
    expect(made).toMatchObject({ keys: 2, versions: 3 })
  })

  test('is read back by every way that opens it: passphrase, shares, or both', async () => {
    const passphrase = 'five words nobody else knows'
    await backUp(bench, file, { passphrase })
    expect(readdirSync(folder)).toEqual(['keys.backup'])
    expect((await openBackup(readFileSync(file), { passphrase })).keys).toHaveLength(2)
    const both = `${file}.both`
    const made = await backUp(bench, both, { ...THREE_OF_FIVE, passphrase })
    expect((await openBackup(readFileSync(both), { passphrase })).keys).toHaveLength(2)
    expect((await openWithSheets(made, both)).keys).toHaveLength(2)
  })

  test('says nothing in the clear', async () => {
    await backUp(bench, file)
    const secret = rootSecretOf(bench)
    for (const name of readdirSync(folder)) {
      const text = readFileSync(join(folder, name), 'latin1')
      for (const form of ['base64', 'hex', 'latin1'] as const)
        expect(text).not.toContain(secret.toString(form))
      for (const { keyId } of storedKeysOf(bench).keys) expect(text).not.toContain(keyId)
    }
  })

  test('never overwrites, and leaves nothing half-made behind', async () => {
    writeFileSync(file, 'the only backup')
    expect(await refusal(backUp(bench, file))).toBe('FileExists')
    expect(readFileSync(file, 'utf8')).toBe('the only backup')
    const other = join(folder, 'other.backup')
    writeFileSync(`${other}.share-4-of-5.txt`, 'a sheet')
    expect(await refusal(backUp(bench, other))).toBe('FileExists')
    expect(readdirSync(folder).sort()).toEqual(['keys.backup', 'other.backup.share-4-of-5.txt'])
    expect(await refusal(backUp(bench, join(folder, 'nowhere', 'x')))).toBe('CannotWrite')
  })

  test('is not made under another root than the database is', async () => {
    const root = { secret: randomBytes(32), version: 1 }
    const order = {
      file,
      sealWith: THREE_OF_FIVE,
      root,
      stored: storedKeysOf(bench),
      servicePeriodDays: 90,
      now: 0,
    }
    expect(await refusal(makeBackup(order))).toBe('WrongRoot')
    expect(existsSync(file)).toBe(false)
    expect(root.secret).toEqual(Buffer.alloc(32))
  })
})

describe('verification', () => {
  test('opens every key version and a data key of each mode, suite and version', async () => {
    for (const method of METHODS)
      await put(bench, method.name, Buffer.from('x'), { encryption: method.encryption })
    await rotate(bench)
    for (const method of ENCRYPTED)
      await put(bench, `${method.name} 2`, Buffer.from('x'), { encryption: method.encryption })
    const result = await verified(await backUp(bench, file))
    // managed: 2 versions × 2 suites; service: 1 period × 2 suites
    expect(result).toEqual({ versions: 3, dataKeys: 6, empty: [], external: [], newer: [], failures: [] })
    expect(offline(bench, (database) => database.customerKeyObjects())).toBe(4)
  })

  test('names keys that are newer, and does not call them failures', async () => {
    const made = await backUp(bench, file)
    const name = await rotate(bench)
    await put(bench, 'a', Buffer.from('x'), {
      encryption: { kind: 'managed-key', suite: 'AES256', context: {} },
    })
    const result = await verified(made)
    expect(result).toMatchObject({ newer: [name], failures: [], versions: 2 })
  })

  test('names what does not open: other material under a version, a data key of another', async () => {
    await put(bench, 'a', Buffer.from('x'), {
      encryption: { kind: 'managed-key', suite: 'AES256', context: {} },
    })
    const [mine, other] = storedKeysOf(bench).keys
    const swap = bench.sql.prepare('UPDATE key_version SET wrapped_material = ? WHERE key_id = ?')
    swap.run(other!.versions[0]!.wrappedMaterial, mine!.keyId)
    const { failures } = await verified(await backUp(bench, file))
    expect(failures.filter((failure) => failure.startsWith('key version'))).toEqual([
      `key version ${mine!.keyId}/1`,
    ])
    expect(failures).toHaveLength(bench.projectId === mine!.projectId ? 2 : 1)
  })

  test('fails for a data key that was changed', async () => {
    await put(bench, 'a', Buffer.from('x'), { encryption: { kind: 'service-key', suite: 'SM4' } })
    bench.sql.prepare('UPDATE object_version SET wrapped_data_key = zeroblob(130)').run()
    const { failures, dataKeys } = await verified(await backUp(bench, file))
    expect([failures.length, dataKeys]).toEqual([1, 0])
  })

  test('tells keys without material and keys of external services apart', async () => {
    const [first, second] = storedKeysOf(bench).keys
    bench.sql.prepare(`UPDATE key_version SET wrapped_material = x'' WHERE key_id = ?`).run(first!.keyId)
    bench.sql.prepare(`UPDATE kms_key SET provider = 'vault' WHERE key_id = ?`).run(second!.keyId)
    const result = await verified(await backUp(bench, file))
    expect(result).toMatchObject({
      versions: 0,
      empty: [`${first!.keyId}/1`],
      external: [`${second!.keyId}/1`],
    })
  })

  test('an object under a key of an external service is refused by name, not called damaged', () => {
    const { keys } = storedKeysOf(bench)
    const [first, second] = keys
    first!.provider = 'vault'
    expect(() => refuseExternalKey(keys, first!.keyId)).toThrow(/external key service "vault"/)
    expect(() => refuseExternalKey(keys, second!.keyId)).not.toThrow()
  })

  test('works without a database, and refuses one of another root', async () => {
    const made = await backUp(bench, file)
    expect(await verifyBackup(await openWithSheets(made, file))).toMatchObject({ versions: 2, dataKeys: 0 })
    const { facts, samples } = evidence()
    const foreign = { facts: { ...facts, rootCheckValue: randomBytes(32).toString('hex') }, samples }
    expect(await refusal(openWithSheets(made, file).then((backup) => verifyBackup(backup, foreign)))).toBe(
      'WrongRoot',
    )
  })
})

describe('the backup state', () => {
  const state = async () => backupState(await bench.database.backups.backupFacts())
  const database = () => databaseFileOf(bench)

  test('goes from never over unverified and verified to stale, and back with a new backup', async () => {
    expect(await state()).toEqual({
      lastBackupAt: undefined,
      lastVerifiedAt: undefined,
      keysNewerThanBackup: 2,
      state: 'never',
    })
    const { record } = await backUp(bench, file)
    rememberBackup(database(), record)
    expect(await state()).toMatchObject({
      lastBackupAt: record.createdAt,
      keysNewerThanBackup: 0,
      state: 'unverified',
    })
    rememberVerification(database(), { ...record, verifiedAt: 7 })
    expect(await state()).toMatchObject({ lastVerifiedAt: 7, keysNewerThanBackup: 0, state: 'verified' })
    await rotate(bench)
    expect(await state()).toMatchObject({ keysNewerThanBackup: 1, state: 'stale' })
    const again = await backUp(bench, `${file}.2`)
    rememberBackup(database(), again.record)
    expect(await state()).toMatchObject({ keysNewerThanBackup: 0, state: 'unverified', lastVerifiedAt: 7 })
    rememberVerification(database(), { ...again.record, verifiedAt: 8 })
    expect(await state()).toMatchObject({ keysNewerThanBackup: 0, state: 'verified', lastVerifiedAt: 8 })
  })

  test('an older file that is verified later does not stand for the newer one', async () => {
    const older = await backUp(bench, file)
    const newer = { ...(await backUp(bench, `${file}.2`)).record, createdAt: older.record.createdAt + 1 }
    rememberBackup(database(), newer)
    rememberVerification(database(), { ...older.record, verifiedAt: 9 })
    expect((await state()).state).toBe('unverified')
  })

  test('a file that was made elsewhere counts once it is verified here', async () => {
    const { record } = await backUp(bench, file)
    rememberVerification(database(), { ...record, verifiedAt: 9 })
    expect(await state()).toMatchObject({ state: 'verified', lastBackupAt: record.createdAt })
  })

  test('another root makes every backup stale; destroyed material is missed by none', async () => {
    const { record } = await backUp(bench, file)
    rememberVerification(database(), { ...record, verifiedAt: 9 })
    bench.sql.prepare(`UPDATE key_version SET wrapped_material = x'' WHERE rowid = 1`).run()
    expect((await state()).state).toBe('verified')
    bench.sql.prepare(`UPDATE setting SET value = zeroblob(32) WHERE name = 'root-check-value'`).run()
    expect(await state()).toMatchObject({ state: 'stale', keysNewerThanBackup: 1 })
  })

  test('what a verification remembers is what the backup said', async () => {
    const made = await backUp(bench, file)
    expect(recordOf(await openWithSheets(made, file), readFileSync(file))).toEqual(made.record)
  })
})

describe('restoring', () => {
  const source = (name = 'root.key') => new FileRoot(join(folder, 'keys', name))

  test('puts the root key back, once', async () => {
    const made = await backUp(bench, file)
    const stored = storedKeysOf(bench)
    expect(await restoreRoot(await openWithSheets(made, file), source(), stored)).toEqual({
      rootKey: 'written',
      newer: [],
      missing: [],
    })
    expect(statSync(join(folder, 'keys', 'root.key')).mode & 0o777).toBe(0o600)
    expect(await source().unseal()).toEqual({ kind: 'whole', secret: rootSecretOf(bench) })
    expect(await restoreRoot(await openWithSheets(made, file), source(), undefined)).toMatchObject({
      rootKey: 'already',
    })
  })

  test('overwrites neither another root nor half of one', async () => {
    const made = await backUp(bench, file)
    await source().keep(randomBytes(32), false)
    const before = readFileSync(join(folder, 'keys', 'root.key'))
    expect(await refusal(openWithSheets(made, file).then((b) => restoreRoot(b, source(), undefined)))).toBe(
      'FileExists',
    )
    expect(readFileSync(join(folder, 'keys', 'root.key'))).toEqual(before)
    writeFileSync(join(folder, 'keys', 'half'), 'coffer-root', { mode: 0o600 })
    expect(
      await refusal(openWithSheets(made, file).then((b) => restoreRoot(b, source('half'), undefined))),
    ).toBe('FileExists')
  })

  test('where only systemd can put it, says how a person seals this root, not how to make another', async () => {
    const backup = await openWithSheets(await backUp(bench, file), file)
    const credential = new CredentialRoot({ directory: undefined, name: 'coffer-root-key' })
    const refused = restoreRoot(backup, credential, storedKeysOf(bench))
    await expect(refused).rejects.toMatchObject({
      code: 'CannotWrite',
      mend: expect.stringMatching(/^(?!.*urandom).*COFFER_ROOT=file.*systemd-creds encrypt/) as string,
    })
  })

  test('writes nothing when the database belongs to another root', async () => {
    const made = await backUp(bench, file)
    const stored = { ...storedKeysOf(bench), rootCheckValue: randomBytes(32) }
    const backup = await openWithSheets(made, file)
    expect(await refusal(restoreRoot(backup, source(), stored))).toBe('WrongRoot')
    expect(existsSync(join(folder, 'keys'))).toBe(false)
    expect(backup.root.secret).toEqual(Buffer.alloc(32))
  })

  test('puts it into another source than it came from: a root under a passphrase', async () => {
    const made = await backUp(bench, file)
    const read = async () => 'a passphrase of this machine'
    const options = { name: 'the passphrase of a test', files: [], read }
    const wrapped = () =>
      new WrappedRoot(join(folder, 'keys', 'root.wrapped'), new PassphraseWrapper(options))
    const restored = await restoreRoot(await openWithSheets(made, file), wrapped(), storedKeysOf(bench))
    expect(restored.rootKey).toBe('written')
    expect(await wrapped().unseal()).toEqual({ kind: 'whole', secret: rootSecretOf(bench) })
  })

  test('asks nothing of a database of another version but its root', async () => {
    const made = await backUp(bench, file)
    await rotate(bench)
    const { rootCheckValue } = storedKeysOf(bench)
    const restored = await restoreRoot(await openWithSheets(made, file), source(), {
      rootCheckValue,
      keys: undefined,
    })
    expect(restored).toEqual({ rootKey: 'written', newer: [], missing: [] })
    const foreign = { rootCheckValue: randomBytes(32), keys: undefined }
    expect(await refusal(openWithSheets(made, file).then((b) => restoreRoot(b, source(), foreign)))).toBe(
      'WrongRoot',
    )
  })

  test('says which keys only one side has', async () => {
    const made = await backUp(bench, file)
    const newer = await rotate(bench)
    const stored = storedKeysOf(bench)
    const [gone] = stored.keys.splice(
      stored.keys.findIndex(({ versions }) => versions.length === 1),
      1,
    )
    const restored = await restoreRoot(await openWithSheets(made, file), source(), stored)
    expect(restored).toMatchObject({ newer: [newer], missing: [`${gone!.keyId}/1`] })
  })
})
