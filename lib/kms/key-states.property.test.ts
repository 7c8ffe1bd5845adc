import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KeyState } from '../keys/keyring.ts'
import { DAY, onMemory, onSqlite, testKms } from './kms.test-support.ts'
import type { KmsHarness, TestKms } from './kms.test-support.ts'
import { materialImported } from './transitions.ts'

/**
 * Any sequence of acts, turns of the clock and rounds of the job, against a model that is nothing but the rules of
 * ARCHITECTURE and the KMS developer guide ("Key states of AWS KMS keys") written down once more.
 */
type Act =
  | {
      act:
        | 'enable'
        | 'disable'
        | 'cancel'
        | 'delete-material'
        | 'rotate'
        | 'stop-rotation'
        | 'upkeep'
        | 'use'
        | 'restart'
    }
  | { act: 'schedule'; days: number; confirmed: boolean }
  | { act: 'import'; same: boolean; days: number | undefined }
  | { act: 'rotate-every'; days: number }
  | { act: 'wait'; days: number }
  | { act: 'hang'; objects: number }

const simple = fc.constantFrom(
  ...([
    'enable',
    'disable',
    'cancel',
    'delete-material',
    'rotate',
    'stop-rotation',
    'upkeep',
    'use',
    'restart',
  ] as const),
)
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: simple.map((name) => ({ act: name })) },
  fc.record({
    act: fc.constant('schedule' as const),
    days: fc.integer({ min: 7, max: 30 }),
    confirmed: fc.boolean(),
  }),
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('import' as const),
      same: fc.boolean(),
      days: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
    }),
  },
  fc.record({ act: fc.constant('rotate-every' as const), days: fc.constantFrom(90, 91) }),
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 95 }) }),
  },
  fc.record({ act: fc.constant('hang' as const), objects: fc.integer({ min: 0, max: 2 }) }),
)

/** What the rules say of the one key. */
interface Model {
  external: boolean
  state: KeyState
  /** it has material now */
  material: boolean
  imported: boolean
  validTo: number
  version: number
  onDemand: number
  deletionAt: number
  confirmed: boolean
  rotationDays: number
  nextRotationAt: number
  objects: number
}

const NEVER = Infinity

function begin(external: boolean): Model {
  return {
    external,
    state: external ? 'PendingImport' : 'Enabled',
    material: !external,
    imported: false,
    validTo: NEVER,
    version: 1,
    onDemand: 0,
    deletionAt: NEVER,
    confirmed: false,
    rotationDays: 0,
    nextRotationAt: NEVER,
    objects: 0,
  }
}

const seen = (m: Model, now: number): KeyState =>
  m.validTo <= now && (m.state === 'Enabled' || m.state === 'Disabled') ? 'PendingImport' : m.state

/** The code that the rules want: 'ok', and the model is as after the act; else it is unchanged. */
function expected(m: Model, step: Act, now: number): string {
  const state = seen(m, now)
  const gone = state === 'Destroyed'
  switch (step.act) {
    case 'enable':
    case 'disable':
      if (gone) return 'KeyNotFound'
      if (state !== 'Enabled' && state !== 'Disabled') return 'KeyInvalidState'
      m.state = step.act === 'enable' ? 'Enabled' : 'Disabled'
      return 'ok'
    case 'schedule':
      if (gone) return 'KeyNotFound'
      if (state === 'PendingDeletion') return 'KeyInvalidState'
      if (!step.confirmed && m.objects > 0) return 'KeyHasDependents'
      Object.assign(m, {
        state: 'PendingDeletion',
        deletionAt: now + step.days * DAY,
        confirmed: step.confirmed,
      })
      return 'ok'
    case 'cancel':
      if (gone) return 'KeyNotFound'
      if (state !== 'PendingDeletion') return 'KeyInvalidState'
      Object.assign(m, {
        state: m.material ? 'Disabled' : 'PendingImport',
        deletionAt: NEVER,
        confirmed: false,
      })
      return 'ok'
    case 'delete-material':
      if (gone) return 'KeyNotFound'
      if (!m.external) return 'NotImplemented'
      Object.assign(m, { material: false, validTo: NEVER })
      if (m.state !== 'PendingDeletion') m.state = 'PendingImport'
      return 'ok'
    case 'import':
      if (!m.external) return 'NotImplemented'
      if (gone) return 'KeyNotFound'
      if (state === 'PendingDeletion') return 'KeyInvalidState'
      if (m.imported && !step.same) return 'IncorrectKeyMaterial'
      Object.assign(m, { material: true, imported: true, validTo: step.days ? now + step.days * DAY : NEVER })
      m.state = state === 'PendingImport' ? 'Enabled' : state
      return 'ok'
    case 'rotate':
    case 'rotate-every':
    case 'stop-rotation':
      if (gone) return 'KeyNotFound'
      if (m.external) return 'NotImplemented'
      if (state === 'Disabled') return 'KeyDisabled'
      if (state !== 'Enabled') return 'KeyPendingDeletion'
      if (step.act === 'rotate' && m.onDemand >= 25) return 'LimitExceeded'
      if (step.act === 'rotate') Object.assign(m, { version: m.version + 1, onDemand: m.onDemand + 1 })
      if (step.act === 'stop-rotation') Object.assign(m, { rotationDays: 0, nextRotationAt: NEVER })
      if (step.act === 'rotate-every')
        Object.assign(m, { rotationDays: step.days, nextRotationAt: now + step.days * DAY })
      return 'ok'
    case 'use':
      return {
        Enabled: 'ok',
        Disabled: 'KeyDisabled',
        PendingImport: 'KeyPendingImport',
        PendingDeletion: 'KeyPendingDeletion',
        Destroyed: 'KeyNotFound',
      }[state]
    case 'upkeep':
      keep(m, now)
      return 'ok'
    default:
      return 'ok'
  }
}

function keep(m: Model, now: number): void {
  if (m.state === 'PendingDeletion' && m.deletionAt <= now) {
    if (m.objects > 0 && !m.confirmed) m.deletionAt = now + DAY
    else Object.assign(m, { state: 'Destroyed', material: false, validTo: NEVER, nextRotationAt: NEVER })
  }
  if (m.validTo <= now) {
    Object.assign(m, { material: false, validTo: NEVER })
    if (m.state !== 'PendingDeletion') m.state = 'PendingImport'
  }
  if (m.state === 'Enabled' && m.nextRotationAt <= now)
    Object.assign(m, { version: m.version + 1, nextRotationAt: now + m.rotationDays * DAY })
}

interface Made {
  ciphertext: Buffer
  plaintext: Buffer
}

/** The key of a run, its material from outside, and everything that was ever encrypted under it. */
class Subject {
  kms: Omit<TestKms, 'reopen'>
  readonly made: Made[] = []
  readonly #first: TestKms
  readonly #harness: KmsHarness
  readonly #keyId: string
  /** what was imported first */
  #material: Buffer | undefined

  constructor(kms: TestKms, harness: KmsHarness, keyId: string) {
    this.kms = kms
    this.#first = kms
    this.#harness = harness
    this.#keyId = keyId
  }

  async do(step: Act): Promise<void> {
    const { run, upkeep } = this.kms
    const keyId = this.#keyId
    switch (step.act) {
      case 'enable':
        return run('EnableKey', { keyId })
      case 'disable':
        return run('DisableKey', { keyId })
      case 'schedule': {
        const typed = step.confirmed ? 'alias/k' : undefined
        await run('ScheduleKeyDeletion', { keyId, pendingWindowDays: step.days, destroyDependents: typed })
        return
      }
      case 'cancel':
        return void (await run('CancelKeyDeletion', { keyId }))
      case 'delete-material':
        return run('DeleteImportedKeyMaterial', { keyId })
      case 'import':
        return this.#import((step.same ? this.#material : undefined) ?? randomBytes(32), step.days)
      case 'rotate':
        return void (await run('RotateKeyOnDemand', { keyId }))
      case 'rotate-every':
        return run('EnableKeyRotation', { keyId, periodDays: step.days })
      case 'stop-rotation':
        return run('DisableKeyRotation', { keyId })
      case 'use':
        return this.#use()
      case 'upkeep':
        // Twice: what is done is not done again.
        for (let round = 0; round < 2; round++)
          for (const due of await upkeep.due(100)) await upkeep.keep(due)
        return
      case 'restart':
        this.kms = this.#first.reopen()
        return
      case 'wait':
        this.kms.time.now += step.days * DAY
        return
      case 'hang':
        return this.#harness.hang(this.#keyId, step.objects)
    }
  }

  /** As ImportKeyMaterial does, without an RSA key for each of thousands of imports. */
  async #import(material: Buffer, days: number | undefined): Promise<void> {
    const { deps, time } = this.kms
    const id = { keyId: this.#keyId, version: 1, spec: 'AES_256' } as const
    const wrapped = await deps.provider.importKeyVersion!(id, material)
    const version = {
      keyId: id.keyId,
      version: 1,
      ...wrapped,
      createdAt: time.now,
      reason: 'IMPORT' as const,
    }
    const validTo = days === undefined ? undefined : time.now + days * DAY
    await deps.directory.change(id.keyId, (current) => materialImported(current, time.now, version, validTo))
    this.#material ??= material
  }

  /** A fresh ciphertext, and every one that was made before, under whichever version. */
  async #use(): Promise<void> {
    const plaintext = randomBytes(12)
    const asked = { keyId: this.#keyId, plaintext, context: {}, grantTokens: [] }
    const { ciphertext } = await this.kms.run('Encrypt', asked)
    this.made.push({ ciphertext, plaintext })
    for (const each of this.made) {
      const request = { keyId: undefined, ciphertext: each.ciphertext, context: {}, grantTokens: [] }
      expect((await this.kms.run('Decrypt', request)).plaintext).toEqual(each.plaintext)
    }
  }
}

async function check(harness: KmsHarness, external: boolean, steps: readonly Act[]): Promise<void> {
  const kms = await testKms(harness)
  const origin = external ? 'EXTERNAL' : 'AWS_KMS'
  const { keyId } = await kms.newKey({ origin, alias: 'alias/k' })
  const subject = new Subject(kms, harness, keyId)
  const model = begin(external)
  for (const step of steps) {
    if (step.act === 'hang') model.objects = step.objects
    const wanted = expected(model, step, kms.time.now)
    const got = await subject.do(step).then(
      () => 'ok',
      (error: { code?: string }) => error.code ?? error,
    )
    expect([step, got]).toEqual([step, wanted])
    // A decryption that is refused must be refused for what was made before, too.
    if (step.act === 'use' && wanted !== 'ok' && subject.made.length > 0) {
      const old = { keyId: undefined, ciphertext: subject.made[0]!.ciphertext, context: {}, grantTokens: [] }
      await expect(subject.kms.run('Decrypt', old)).rejects.toMatchObject({ code: wanted })
    }
    const asked = { keyId, grantTokens: [], includeDestroyed: true }
    const described = await subject.kms.run('DescribeKey', asked)
    expect([step, described.state, described.currentVersion]).toEqual([
      step,
      seen(model, kms.time.now),
      model.version,
    ])
  }
  const versions = await harness.repository.listVersions(keyId)
  expect(versions.some((row) => row.wrappedMaterial.length > 0)).toBe(model.material)
  expect(versions.length).toBe(model.external && !model.imported ? 0 : model.version)
}

describe.each([
  ['memory', onMemory, 150],
  ['SQLite', onSqlite, 25],
] as const)('on %s', (_, open, numRuns) => {
  test('a key is in the state the rules say, after anything', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(act, { minLength: 5, maxLength: 40 }),
        async (external, steps) => {
          const harness = await open()
          try {
            await check(harness, external, steps)
          } finally {
            await harness.close()
          }
        },
      ),
      { numRuns },
    )
  })
})
