import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openDatabase } from '../db/database.ts'
import type { Database } from '../db/database.ts'
import { createKeyParts } from '../keys/keyring-service.ts'
import { rootFromSecret } from '../keys/root/root-key.ts'
import { DAY, onMemory, onSqlite, testKms } from '../kms/kms.test-support.ts'
import { openCiphertext, parseCiphertext } from '../kms/ciphertext.ts'
import { keepKeys } from './keep-keys.ts'

describe('a round', () => {
  test('keeps every key whose time has come, and only those', async () => {
    const kms = await testKms(await onMemory())
    const rotating = await Promise.all([1, 2, 3].map(() => kms.newKey()))
    for (const { keyId } of rotating) await kms.run('EnableKeyRotation', { keyId, periodDays: 90 })
    const still = await kms.newKey()
    const doomed = await kms.newKey()
    const asked = { keyId: doomed.keyId, pendingWindowDays: 7, destroyDependents: undefined }
    await kms.run('ScheduleKeyDeletion', asked)
    expect(await keepKeys(kms.upkeep)).toBe(0)
    kms.time.now += 90 * DAY
    expect(await keepKeys(kms.upkeep)).toBe(4)
    expect(await keepKeys(kms.upkeep)).toBe(0)
    const versionOf = async (keyId: string): Promise<number> =>
      (await kms.run('DescribeKey', { keyId, grantTokens: [] })).currentVersion
    for (const { keyId } of rotating) expect(await versionOf(keyId)).toBe(2)
    expect(await versionOf(still.keyId)).toBe(1)
    expect(kms.audit.appended.filter(({ actor }) => actor.userId === undefined)).toHaveLength(4)
  })

  test('a key that fails does not keep the others waiting, and is due again', async () => {
    const kms = await testKms(await onMemory())
    const keys = await Promise.all([1, 2, 3].map(() => kms.newKey()))
    for (const { keyId } of keys) await kms.run('EnableKeyRotation', { keyId, periodDays: 90 })
    kms.time.now += 90 * DAY
    const broken = keys.map(({ keyId }) => keyId).sort()[0]!
    const original = kms.deps.provider.createKeyVersion.bind(kms.deps.provider)
    kms.deps.provider.createKeyVersion = (version) =>
      version.keyId === broken ? Promise.reject(new Error('away')) : original(version)
    await expect(keepKeys(kms.upkeep)).rejects.toThrow('away')
    expect(await kms.upkeep.due(10)).toEqual([broken])
    kms.deps.provider.createKeyVersion = original
    await keepKeys(kms.upkeep)
    expect(await kms.upkeep.due(10)).toEqual([])
  })
})

const KEEPER = fileURLToPath(new URL('keep-keys-until-killed.test-support.ts', import.meta.url))
const ROUNDS = 8

interface Said {
  keyId: string
  ciphertext: string
  version: number
  now: number
}

/** Runs the keeping process and kills it some time after its first word. */
async function saidBeforeKill(args: string[], afterMs: number): Promise<Said[]> {
  const child = spawn(process.execPath, [KEEPER, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
  const exited = once(child, 'close')
  await Promise.race([once(child.stdout, 'data'), exited])
  setTimeout(() => child.kill('SIGKILL'), afterMs)
  const [, signal] = (await exited) as [number | null, string | null]
  expect(signal).toBe('SIGKILL')
  // The last line may be half.
  const lines = said
    .slice(0, said.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
  return lines.map((line) => JSON.parse(line) as Said)
}

/** Every key is whole: all its versions or, destroyed, none of its material and names. */
async function check(
  { keys }: Database,
  secret: Buffer,
  account: string,
  said: readonly Said[],
): Promise<void> {
  for (const key of await keys.allKeys()) {
    const versions = await keys.listVersions(key.keyId)
    const numbers = Array.from({ length: key.currentVersion }, (_, i) => i + 1)
    expect(versions.map(({ version }) => version)).toEqual(numbers)
    const destroyed = key.state === 'Destroyed'
    expect(versions.every(({ wrappedMaterial }) => (wrappedMaterial.length === 0) === destroyed)).toBe(true)
    if (destroyed) expect(key.aliases).toEqual([])
  }
  const { managedKeys, directory } = createKeyParts({
    root: rootFromSecret(Buffer.from(secret)),
    repository: keys,
    region: 'us-east-1',
    accountOf: async () => account,
    servicePeriodDays: 90,
  })
  for (const { keyId, ciphertext, version } of said) {
    const key = (await directory.find(keyId))!
    expect(key.currentVersion).toBeGreaterThanOrEqual(version)
    const opened = await openCiphertext(
      managedKeys,
      key,
      parseCiphertext(Buffer.from(ciphertext, 'base64')),
      {},
    )
    expect(opened.toString()).toBe(keyId)
  }
}

test(
  `${ROUNDS} kill -9 in the middle of rotations and destructions leave every key whole`,
  { timeout: 120_000 },
  async () => {
    const harness = await onSqlite()
    const { projectId, account } = await harness.newProject()
    const { dataDir } = harness
    await harness.closeDatabase()
    const seed = Date.now() % 2 ** 31
    console.warn(`kill test: seed ${seed}`)
    const delays = fc.sample(fc.integer({ min: 0, max: 150 }), { seed, numRuns: ROUNDS })
    const secret = randomBytes(32)
    const said: Said[] = []
    try {
      for (const delay of delays) {
        const start = String(said.at(-1)?.now ?? Date.now())
        said.push(
          ...(await saidBeforeKill([dataDir, projectId, account, secret.toString('hex'), start], delay)),
        )
        const database = await openDatabase({ dataDir })
        await check(database, secret, account, said)
        await database.close()
      }
      expect(Math.max(...said.map(({ version }) => version))).toBeGreaterThan(1)
    } finally {
      harness.removeFolder()
    }
  },
)
