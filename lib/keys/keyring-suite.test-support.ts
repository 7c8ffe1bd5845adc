import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  REGION,
  choice,
  choices,
  failure,
  keyOf,
  newPlace,
  place,
  testKeyring,
} from './keyring.test-support.ts'
import type { KeyHarness } from './keyring.test-support.ts'

/** What the keyring promises over any key repository. */
export function keyringSuite(name: string, openHarness: () => Promise<KeyHarness>): void {
  describe(`the keyring over ${name}`, () => {
    let harness: KeyHarness
    let made: Awaited<ReturnType<typeof testKeyring>>
    beforeEach(async () => {
      harness = await openHarness()
      made = await testKeyring(harness)
    })
    afterEach(() => harness.close())

    test('opens in its place what it made, in every mode, also after a restart', async () => {
      const { keyring, open, projectId } = made
      await fc.assert(
        fc.asyncProperty(choice, place, async (wanted, at) => {
          const { dataKey, record } = await keyring.generateDataKey(projectId, wanted, at)
          expect(dataKey).toHaveLength(32)
          expect(record).toMatchObject({ mode: wanted.mode, suite: wanted.suite, encryptedAt: made.time.now })
          for (const each of [keyring, open()]) {
            expect(await each.decryptDataKey(projectId, record, at, keyOf(wanted))).toEqual(dataKey)
          }
        }),
      )
    })

    test.each(choices())(
      'rewraps $mode $suite to every mode of its suite without changing the data key',
      async (from) => {
        const { keyring, projectId } = made
        const [here, there] = [newPlace(), newPlace()]
        const { dataKey, record } = await keyring.generateDataKey(projectId, from, here)
        for (const to of choices()) {
          const rewrapped = keyring.rewrap(projectId, record, here, { choice: to, place: there }, keyOf(from))
          if (to.suite !== from.suite) {
            expect((await failure(rewrapped)).code).toBe('InvalidArgument')
            continue
          }
          const moved = await rewrapped
          expect(await keyring.decryptDataKey(projectId, moved, there, keyOf(to))).toEqual(dataKey)
          expect((await failure(keyring.decryptDataKey(projectId, moved, here, keyOf(to)))).code).toBe(
            'ObjectCorrupt',
          )
        }
      },
    )

    test('gives a project one default key, however often it is asked to make it', async () => {
      const { keyring, open, newProject, projectId } = made
      const first = await keyring.defaultKey(projectId)
      expect(first).toMatchObject({
        isDefault: true,
        state: 'Enabled',
        spec: 'AES_256',
        currentVersion: 1,
        origin: 'AWS_KMS',
      })
      expect(await open().createDefaultKey(projectId)).toEqual(first)
      const project = await newProject()
      expect((await keyring.listKeys(projectId)).map(({ keyId }) => keyId)).toEqual([first.keyId])
      expect((await keyring.defaultKey(project.projectId)).keyId).not.toBe(first.keyId)
    })

    test('two who make the default key at once get the same one', async () => {
      const { projectId } = await harness.newProject()
      const keys = await Promise.all([1, 2, 3].map(() => made.open().createDefaultKey(projectId)))
      expect(new Set(keys.map(({ keyId }) => keyId)).size).toBe(1)
      expect(await made.keyring.listKeys(projectId)).toHaveLength(1)
    })

    test('finds a key by every name that S3 clients send', async () => {
      const { keyring, projectId, accountNumber } = made
      const key = await keyring.defaultKey(projectId)
      const arn = `arn:aws:kms:${REGION}:${accountNumber}`
      expect(key.arn).toBe(`${arn}:key/${key.keyId}`)
      for (const ref of [
        key.keyId,
        key.keyId.toUpperCase(),
        key.arn,
        'alias/aws/s3',
        ...key.aliases,
        `${arn}:${key.aliases[0]}`,
      ]) {
        expect(await keyring.resolveKey(projectId, ref)).toEqual(key)
        const asked = { mode: 'managed-key', keyRef: ref, suite: 'AES256', context: {} } as const
        expect((await keyring.generateDataKey(projectId, asked, newPlace())).record).toMatchObject({
          keyId: key.keyId,
          keyVersion: 1,
        })
      }
    })

    test('tells a key of another project and one that never was alike', async () => {
      const { keyring, newProject, projectId } = made
      const foreign = await keyring.defaultKey((await newProject()).projectId)
      const absent = '00000000-0000-4000-8000-000000000000'
      const refs = [
        foreign.keyId,
        foreign.arn,
        absent,
        foreign.arn.replace(foreign.keyId, absent),
        'alias/absent',
      ]
      const seen = await Promise.all(
        refs.map(async (ref) => (await failure(keyring.resolveKey(projectId, ref))).seen),
      )
      expect(new Set(seen).size).toBe(1)
      expect(JSON.parse(seen[0]!)).toMatchObject({ code: 'KeyNotFound' })
    })

    test('does not open a data key for another project', async () => {
      const { keyring, newProject, projectId } = made
      const stranger = (await newProject()).projectId
      const at = newPlace()
      const codes: string[] = []
      for (const wanted of choices().slice(0, 4)) {
        const { record } = await keyring.generateDataKey(projectId, wanted, at)
        codes.push((await failure(keyring.decryptDataKey(stranger, record, at))).code)
      }
      expect(codes).toEqual(['ObjectCorrupt', 'ObjectCorrupt', 'KeyNotFound', 'KeyNotFound'])
    })

    test('under another root nothing opens and nothing is wrapped with a doubtful key', async () => {
      const { keyring, open, projectId } = made
      const other = open({ secret: randomBytes(32) })
      const at = newPlace()
      for (const wanted of choices()) {
        const { record } = await keyring.generateDataKey(projectId, wanted, at)
        const { code } = await failure(other.decryptDataKey(projectId, record, at, keyOf(wanted)))
        expect(code).toBe(wanted.mode === 'customer-key' ? 'WrongCustomerKey' : 'ObjectCorrupt')
      }
      const asked = { mode: 'managed-key', suite: 'AES256', context: {} } as const
      expect((await failure(other.generateDataKey(projectId, asked, at))).code).toBe('KeyServiceUnavailable')
    })
  })
}
