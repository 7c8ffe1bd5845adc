import { randomBytes, randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import type { DataKeyPlace, DataKeyRecord, Keyring } from './keyring.ts'
import { keyringSuite } from './keyring-suite.test-support.ts'
import { DAY, choices, failure, keyOf, newPlace, testKeyring } from './keyring.test-support.ts'
import type { KeyHarness } from './keyring.test-support.ts'
import { MemoryKeyRepository } from './memory-key-repository.test-support.ts'

const harness = (repository = new MemoryKeyRepository()): KeyHarness => ({
  repository,
  newProject: async () => ({ projectId: randomUUID(), accountNumber: '123456789012' }),
  close: async () => undefined,
})

keyringSuite('memory', async () => harness())

let repository: MemoryKeyRepository
let made: Awaited<ReturnType<typeof testKeyring>>
beforeEach(async () => {
  repository = new MemoryKeyRepository()
  made = await testKeyring(harness(repository))
})

describe('a data key is bound', () => {
  /** Every way in which a row or a request may differ from what was wrapped. */
  function mutations(record: DataKeyRecord, at: DataKeyPlace): [string, DataKeyRecord, DataKeyPlace][] {
    const moved: [string, DataKeyRecord, DataKeyPlace][] = [
      ['bucket', record, { ...at, bucketId: randomUUID() }],
      ['object key', record, { ...at, objectKey: at.objectKey + '/' }],
      ['object', record, { ...at, objectId: randomUUID() }],
      ['suite', { ...record, suite: record.suite === 'SM4' ? 'AES256' : 'SM4' }, at],
      ['unknown suite', { ...record, suite: 'ROT13' as 'SM4' }, at],
      ['empty', { ...record, wrappedDataKey: Buffer.alloc(0) }, at],
      ['longer', { ...record, wrappedDataKey: Buffer.concat([record.wrappedDataKey, Buffer.alloc(1)]) }, at],
    ]
    for (const [byte] of record.wrappedDataKey.entries()) {
      const wrappedDataKey = Buffer.from(record.wrappedDataKey)
      wrappedDataKey[byte]! ^= 1 << (byte % 8)
      moved.push([`byte ${byte}`, { ...record, wrappedDataKey }, at])
    }
    if (record.mode === 'customer-key')
      return moved.filter(([what]) => what !== 'suite' && what !== 'unknown suite')
    for (const keyVersion of [record.keyVersion + 1, record.keyVersion - 1, -1, 1.5, NaN, 2 ** 32, 2 ** 40]) {
      moved.push([`version ${keyVersion}`, { ...record, keyVersion }, at])
    }
    if (record.mode !== 'managed-key') return moved
    const contexts: Record<string, string>[] = [{ team: 'b' }, { ...record.context, more: '' }]
    for (const context of contexts) moved.push(['context', { ...record, context }, at])
    return moved
  }

  test.each(choices())(
    'by $mode $suite to everything in its row and its place, and every cause is one answer',
    async (wanted) => {
      const { keyring, projectId } = made
      const at = newPlace()
      const { dataKey, record } = await keyring.generateDataKey(projectId, wanted, at)
      const seen = new Set<string>()
      for (const [what, changed, elsewhere] of mutations(record, at)) {
        const outcome = await failure(keyring.decryptDataKey(projectId, changed, elsewhere, keyOf(wanted)))
        expect([what, outcome.code, outcome.cause]).toEqual([what, 'ObjectCorrupt', undefined])
        seen.add(outcome.seen)
      }
      expect(seen.size).toBe(1)
      expect(await keyring.decryptDataKey(projectId, record, at, keyOf(wanted))).toEqual(dataKey)
    },
  )

  test('to its mode and key: a row labelled as another mode or key does not open', async () => {
    const { keyring, projectId } = made
    const at = newPlace()
    const service = await keyring.generateDataKey(projectId, { mode: 'service-key', suite: 'AES256' }, at)
    const managed = await keyring.generateDataKey(
      projectId,
      { mode: 'managed-key', suite: 'AES256', context: {} },
      at,
    )
    const relabelled = [
      { ...managed.record, wrappedDataKey: service.record.wrappedDataKey },
      { ...service.record, wrappedDataKey: managed.record.wrappedDataKey },
      { ...service.record, keyId: `service/${randomUUID()}` },
    ] as DataKeyRecord[]
    for (const record of relabelled) {
      expect((await failure(keyring.decryptDataKey(projectId, record, at))).code).toBe('ObjectCorrupt')
    }
  })
})

describe('states', () => {
  test.each([
    ['Disabled', 'KeyDisabled'],
    ['PendingImport', 'KeyPendingImport'],
    ['PendingDeletion', 'KeyPendingDeletion'],
    ['Destroyed', 'KeyNotFound'],
  ] as const)('a key that is %s refuses both directions', async (state, code) => {
    const { keyring, projectId, time } = made
    const asked = { mode: 'managed-key', suite: 'AES256', context: {} } as const
    const at = newPlace()
    const { record } = await keyring.generateDataKey(projectId, asked, at)
    const key = (await repository.findDefaultKey(projectId))!
    repository.keys.set(key.keyId, { ...key, state })
    // Changed behind the keyring's back, as another process would: within two seconds.
    time.now += 2000
    expect((await failure(keyring.generateDataKey(projectId, asked, at))).code).toBe(code)
    expect((await failure(keyring.decryptDataKey(projectId, record, at))).code).toBe(code)
    expect(
      (
        await failure(
          keyring.rewrap(projectId, record, at, {
            choice: { mode: 'service-key', suite: 'AES256' },
            place: at,
          }),
        )
      ).code,
    ).toBe(code)
    expect(await keyring.resolveKey(projectId, key.keyId)).toMatchObject({ state })
  })

  test('a key whose version row is gone wraps nothing and opens nothing', async () => {
    const { projectId, open, keyring } = made
    const at = newPlace()
    const asked = { mode: 'managed-key', suite: 'AES256', context: {} } as const
    const { record } = await keyring.generateDataKey(projectId, asked, at)
    repository.versions.length = 0
    expect((await failure(open().generateDataKey(projectId, asked, at))).code).toBe('KeyServiceUnavailable')
    expect((await failure(open().decryptDataKey(projectId, record, at))).code).toBe('ObjectCorrupt')
  })
})

describe('service keys', () => {
  const asked = { mode: 'service-key', suite: 'AES256' } as const
  const versionOf = (record: DataKeyRecord): number => ('keyVersion' in record ? record.keyVersion : -1)

  test('change with the period; every earlier one still opens', async () => {
    const { keyring, open, projectId, time } = made
    const at = newPlace()
    time.now = 90 * DAY * 200
    const records: DataKeyRecord[] = []
    for (const ms of [0, 90 * DAY - 1, 1, 90 * DAY]) {
      time.now += ms
      records.push((await keyring.generateDataKey(projectId, asked, at)).record)
    }
    expect(records.map(versionOf)).toEqual([200, 200, 201, 202])
    for (const record of records) await open().decryptDataKey(projectId, record, at)
  })

  test('stay readable when the operator changes the length of a period', async () => {
    const { keyring, open, projectId } = made
    const at = newPlace()
    const { dataKey, record } = await keyring.generateDataKey(projectId, asked, at)
    for (const periodDays of [1, 7, 3650]) {
      const other = open({ periodDays })
      expect(await other.decryptDataKey(projectId, record, at)).toEqual(dataKey)
      expect(versionOf((await other.generateDataKey(projectId, asked, at)).record)).not.toBe(
        versionOf(record),
      )
    }
  })

  test('are named by project and need no row', async () => {
    const { keyring, projectId } = made
    const before = repository.versions.length
    const { record } = await keyring.generateDataKey(projectId, asked, newPlace())
    expect(record).toMatchObject({ mode: 'service-key', keyId: `service/${projectId}` })
    expect(repository.versions).toHaveLength(before)
  })
})

describe('customer keys', () => {
  const key = randomBytes(32)
  const at = newPlace()
  const stored = (keyring: Keyring) =>
    keyring.generateDataKey(made.projectId, { mode: 'customer-key', suite: 'AES256', key }, at)

  test.each([
    ['none', undefined, 'CustomerKeyRequired'],
    ['another', { suite: 'AES256', key: randomBytes(32) }, 'WrongCustomerKey'],
    ['one of another cipher', { suite: 'SM4', key: key.subarray(0, 16) }, 'WrongCustomerKey'],
    ['a short one', { suite: 'AES256', key: key.subarray(0, 31) }, 'InvalidCustomerKey'],
    ['an empty one', { suite: 'SM4', key: Buffer.alloc(0) }, 'InvalidCustomerKey'],
  ] as const)('%s: %s', async (_, given, code) => {
    const { record } = await stored(made.keyring)
    expect((await failure(made.keyring.decryptDataKey(made.projectId, record, at, given))).code).toBe(code)
  })

  test('of the wrong size are not taken', async () => {
    for (const [suite, length] of [
      ['AES256', 16],
      ['AES256', 33],
      ['SM4', 32],
      ['SM4', 0],
    ] as const) {
      const asked = { mode: 'customer-key', suite, key: randomBytes(length) } as const
      expect((await failure(made.keyring.generateDataKey(made.projectId, asked, at))).code).toBe(
        'InvalidCustomerKey',
      )
    }
  })

  test('are recognised by a verifier that only this root can check, fresh for each object', async () => {
    const { keyring, open } = made
    const [one, two] = [keyring.customerKeyVerifier(key), keyring.customerKeyVerifier(key)]
    expect(one.customerKeyVerifier).not.toEqual(two.customerKeyVerifier)
    for (const proof of [one, two]) {
      expect(keyring.matchesCustomerKey(proof, key)).toBe(true)
      expect(open().matchesCustomerKey(proof, key)).toBe(true)
      expect(open({ secret: randomBytes(32) }).matchesCustomerKey(proof, key)).toBe(false)
      for (const wrong of [randomBytes(32), key.subarray(0, 31), Buffer.alloc(0)]) {
        expect(keyring.matchesCustomerKey(proof, wrong)).toBe(false)
      }
      expect(keyring.matchesCustomerKey({ ...proof, customerKeyVerifier: Buffer.alloc(0) }, key)).toBe(false)
    }
    expect(keyring.matchesCustomerKey({ ...one, customerKeySalt: two.customerKeySalt }, key)).toBe(false)
  })
})

describe('sealed bytes', () => {
  test('open only for their label, binding and root', () => {
    const { keyring, open } = made
    const sealed = keyring.seal('etag', 'object-1', Buffer.from('0123456789abcdef'))
    expect(open().open('etag', 'object-1', sealed).toString()).toBe('0123456789abcdef')
    const corrupt = expect.objectContaining({ code: 'ObjectCorrupt' })
    expect(() => keyring.open('session', 'object-1', sealed)).toThrow(corrupt)
    expect(() => keyring.open('etag', 'object-2', sealed)).toThrow(corrupt)
    expect(() => keyring.open('etag', 'object-1', Buffer.alloc(0))).toThrow(corrupt)
    expect(() => open({ secret: randomBytes(32) }).open('etag', 'object-1', sealed)).toThrow(corrupt)
  })
})

test('no secret is in any record, row, message, fact or cause', async () => {
  const rootSecret = Buffer.from('ROOTSECRETROOTSECRETROOTSECRET!!')
  const key = Buffer.from('CUSTOMERKEYMARKERCUSTOMERKEYMARK')
  const { keyring, projectId, open } = await testKeyring(harness(repository), rootSecret)
  const secrets: Buffer[] = [rootSecret, key]
  const seen: string[] = []
  for (const wanted of [...choices(), { mode: 'customer-key', suite: 'AES256', key } as const]) {
    const at = newPlace()
    const { dataKey, record } = await keyring.generateDataKey(projectId, wanted, at)
    secrets.push(dataKey)
    seen.push(forms(record).join())
    for (const given of [undefined, { suite: wanted.suite, key }, { suite: 'SM4', key } as const]) {
      const work = keyring.decryptDataKey(
        projectId,
        { ...record, wrappedDataKey: Buffer.alloc(9) },
        at,
        given,
      )
      seen.push(
        await work
          .catch((error: Error) => `${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`)
          .then(String),
      )
    }
    const asked = { mode: 'managed-key', suite: 'SM4', keyRef: key.toString(), context: {} } as const
    seen.push(await failure(keyring.generateDataKey(projectId, asked, at)).then((outcome) => outcome.seen))
  }
  seen.push(
    ...[...repository.versions, ...repository.keys.values()].flatMap(forms),
    JSON.stringify(keyring),
    JSON.stringify(open()),
  )
  expect(seen.join()).toContain('ObjectCorrupt')
  for (const secret of secrets) {
    for (const form of ['latin1', 'hex', 'base64'] as const) {
      expect(seen.some((text) => text.includes(secret.toString(form).replace(/=+$/, '')))).toBe(false)
    }
  }
})

/** A row with its bytes in every spelling a secret could hide in. */
function forms(row: object): string[] {
  const buffers = Object.values(row).filter((value): value is Buffer => Buffer.isBuffer(value))
  return [
    JSON.stringify(row),
    ...buffers.flatMap((b) => [b.toString('latin1'), b.toString('hex'), b.toString('base64')]),
  ]
}
