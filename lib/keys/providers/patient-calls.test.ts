import { expect, test } from 'vitest'
import { PatientCalls } from './patient-calls.ts'
import { RemoteError } from './remote-cipher.ts'
import type { RemoteCipher, RemoteFailure } from './remote-cipher.ts'

/** Answers with these failures in turn, then well. */
function stand(...failures: RemoteFailure[]) {
  const clock = { now: 0, pauses: [] as number[], calls: 0 }
  const answer = async (): Promise<Buffer> => {
    clock.calls += 1
    const failure = failures.shift()
    if (failure !== undefined) throw new RemoteError(failure, 'test')
    return Buffer.from('ok')
  }
  const inner: RemoteCipher = {
    encrypt: answer,
    decrypt: answer,
    createKey: async () => void (await answer()),
    rotateKey: async () => void (await answer()),
  }
  const patient = new PatientCalls(inner, {
    now: () => clock.now,
    wait: async (ms) => clock.pauses.push(ms),
    random: () => 1,
  })
  return { clock, patient, decrypt: () => patient.decrypt('k', Buffer.alloc(1), {}) }
}

test.each(['away', 'busy'] as const)(
  'a service that is %s is asked again, with growing pauses',
  async (failure) => {
    const { clock, decrypt } = stand(failure, failure)
    expect((await decrypt()).toString()).toBe('ok')
    expect(clock.pauses).toEqual([200, 400])
  },
)

test.each(['invalid', 'refused'] as const)('an answer such as %s is not asked for again', async (failure) => {
  const { clock, decrypt } = stand(failure)
  await expect(decrypt()).rejects.toMatchObject({ failure })
  expect(clock.calls).toBe(1)
})

test('a rotation is not repeated: its answer may have got lost', async () => {
  const { clock, patient } = stand('away')
  await expect(patient.rotateKey!('k')).rejects.toMatchObject({ failure: 'away' })
  expect(clock.calls).toBe(1)
})

test('a service that stays away is left alone, then one call looks', async () => {
  const { clock, decrypt } = stand(...Array<RemoteFailure>(10).fill('away'))
  for (let i = 0; i < 3; i++) await expect(decrypt()).rejects.toMatchObject({ reason: 'test' })
  expect(clock.calls).toBe(9)
  await expect(decrypt()).rejects.toMatchObject({ failure: 'away', reason: 'left alone' })
  clock.now = 5000
  const both = await Promise.allSettled([decrypt(), decrypt()])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(clock.calls).toBe(10)
  clock.now = 9999
  await expect(decrypt()).rejects.toMatchObject({ reason: 'left alone' })
  clock.now = 10_000
  await decrypt()
  await decrypt()
  expect(clock.calls).toBe(12)
})

test('refusals leave nobody waiting for a permission that was mended', async () => {
  const { decrypt, clock } = stand(...Array<RemoteFailure>(9).fill('refused'))
  for (let i = 0; i < 9; i++) await expect(decrypt()).rejects.toMatchObject({ failure: 'refused' })
  await decrypt()
  expect(clock.calls).toBe(10)
})

test('what makes no keys is not made to', () => {
  const { patient } = stand()
  const { encrypt, decrypt } = patient
  const fixed = new PatientCalls({ encrypt, decrypt })
  expect([fixed.createKey, fixed.rotateKey]).toEqual([undefined, undefined])
})
