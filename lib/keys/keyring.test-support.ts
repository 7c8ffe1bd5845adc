import { createHash, randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect } from 'vitest'
import type { KeyRepository } from './key-repository.ts'
import type { DataKeyChoice, DataKeyPlace, Keyring } from './keyring.ts'
import { createKeyring } from './keyring-service.ts'
import { rootFromSecret } from './root/root-key.ts'

export const REGION = 'us-east-1'
export const DAY = 86_400_000

/** Where a suite keeps its keys: a repository, and projects that exist in it. */
export interface KeyHarness {
  repository: KeyRepository
  newProject(): Promise<{ projectId: string; accountNumber: string }>
  close(): Promise<void>
}

/** A keyring with one project and its default key, and a clock that tests turn. */
export async function testKeyring(harness: KeyHarness, rootSecret = randomBytes(32), servicePeriodDays = 90) {
  const time = { now: Date.parse('2026-11-21T00:00:00Z') }
  const accounts = new Map<string, string>()
  const secret = Buffer.from(rootSecret)
  const open = (options: { secret?: Buffer; periodDays?: number } = {}): Keyring =>
    createKeyring({
      root: rootFromSecret(Buffer.from(options.secret ?? secret)),
      repository: harness.repository,
      region: REGION,
      accountOf: async (projectId) => accounts.get(projectId) ?? '000000000000',
      servicePeriodDays: options.periodDays ?? servicePeriodDays,
      clock: () => time.now,
    })
  const keyring = open()
  const newProject = async (): Promise<{ projectId: string; accountNumber: string }> => {
    const project = await harness.newProject()
    accounts.set(project.projectId, project.accountNumber)
    await keyring.createDefaultKey(project.projectId)
    return project
  }
  return { ...(await newProject()), keyring, open, newProject, time }
}

export function newPlace(): DataKeyPlace {
  return { bucketId: randomUUID(), objectKey: 'folder/näme 😀 //x', objectId: randomUUID() }
}

/** One choice of each mode and suite. */
export function choices(): DataKeyChoice[] {
  return [
    { mode: 'service-key', suite: 'AES256' },
    { mode: 'service-key', suite: 'SM4' },
    { mode: 'managed-key', suite: 'AES256', context: {} },
    { mode: 'managed-key', suite: 'SM4', context: { team: 'a', ü: '' } },
    { mode: 'customer-key', suite: 'AES256', key: sha256('a customer key') },
    { mode: 'customer-key', suite: 'SM4', key: sha256('a customer key').subarray(0, 16) },
  ]
}

export const choice = fc.oneof(
  fc.record({
    mode: fc.constant('service-key' as const),
    suite: fc.constantFrom('AES256' as const, 'SM4' as const),
  }),
  fc.record({
    mode: fc.constant('managed-key' as const),
    suite: fc.constantFrom('AES256' as const, 'SM4' as const),
    context: fc.dictionary(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), {
      noNullPrototype: true,
    }),
  }),
  fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .chain((bytes) =>
      fc.constantFrom(
        { mode: 'customer-key' as const, suite: 'AES256' as const, key: Buffer.from(bytes) },
        { mode: 'customer-key' as const, suite: 'SM4' as const, key: Buffer.from(bytes.subarray(0, 16)) },
      ),
    ),
)

export const place = fc.record({
  bucketId: fc.uuid(),
  objectKey: fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' }),
  objectId: fc.uuid(),
})

/** The customer's key that goes with a choice, if it is one. */
export function keyOf(wanted: DataKeyChoice): { suite: 'AES256' | 'SM4'; key: Buffer } | undefined {
  return wanted.mode === 'customer-key' ? { suite: wanted.suite, key: wanted.key } : undefined
}

/** What a caller can see of a failure. */
export async function failure(
  work: Promise<unknown>,
): Promise<{ code: string; seen: string; cause: unknown }> {
  const error = (await work.then(
    () => expect.fail('it was not refused'),
    (e: unknown) => e,
  )) as { code: string; message: string; facts: unknown; cause?: unknown }
  expect(error).toMatchObject({ name: 'StoreError' })
  const { code, message, facts } = error
  return { code, seen: JSON.stringify({ code, message, facts }), cause: error.cause }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
