import { randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { codeOf, onMemory, testKms } from './kms.test-support.ts'
import type { TestKms } from './kms.test-support.ts'
import type { KeySpec } from './operations.ts'

const SPECS: KeySpec[] = ['AES_256', 'SM4']

let kms: TestKms
beforeEach(async () => {
  kms = await testKms(await onMemory())
})

const seal = async (keyId: string, plaintext: Buffer, context: Record<string, string> = {}) =>
  (await kms.run('Encrypt', { keyId, plaintext, context, grantTokens: [] })).ciphertext
const open = (ciphertext: Buffer, context: Record<string, string> = {}, keyId?: string) =>
  kms.run('Decrypt', { keyId, ciphertext, context, grantTokens: [] })

describe.each(SPECS)('under a key of %s', (spec) => {
  test('what was encrypted opens with the same context, whatever its order', async () => {
    const { keyId, arn } = await kms.newKey({ spec })
    const pairs = fc.array(
      fc.tuple(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
      { maxLength: 5 },
    )
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 4096 })
    await fc.assert(
      fc.asyncProperty(bytes, pairs, async (given, context) => {
        const plaintext = Buffer.from(given)
        const blob = await seal(keyId, plaintext, Object.fromEntries(context))
        // Object.fromEntries lets the last of equal names win: turned round, the first would.
        const unique = Object.entries(Object.fromEntries(context))
        const opened = await open(blob, Object.fromEntries(unique.reverse()))
        expect(opened.plaintext.equals(plaintext)).toBe(true)
        expect(opened.keyArn).toBe(arn)
        expect(plaintext.length < 8 || !blob.includes(plaintext)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  test('each byte is authenticated, and a piece is not the whole', async () => {
    const { keyId } = await kms.newKey({ spec })
    const blob = await seal(keyId, Buffer.from('a secret of some length'), { a: 'b' })
    for (let at = 0; at < blob.length; at++) {
      const flipped = Buffer.from(blob)
      flipped[at]! ^= 1 << (at % 8)
      // The bytes of the key id name another key, which is not here.
      const expected = at >= 2 && at < 18 ? 'AccessDenied' : 'InvalidCiphertext'
      expect([at, await codeOf(open(flipped, { a: 'b' }))]).toEqual([at, expected])
      expect(await codeOf(open(blob.subarray(0, at), { a: 'b' }))).toBe('InvalidCiphertext')
    }
    expect(await codeOf(open(Buffer.concat([blob, Buffer.alloc(1)]), { a: 'b' }))).toBe('InvalidCiphertext')
  })

  test('it opens with its own context only, and one error tells nothing of why', async () => {
    const { keyId } = await kms.newKey({ spec })
    const blob = await seal(keyId, Buffer.from('x'), { team: 'a', more: '' })
    const wrong: Record<string, string>[] = [
      {},
      { team: 'a' },
      { team: 'A', more: '' },
      { Team: 'a', more: '' },
      { team: 'a', more: '', extra: '' },
      { teama: '', more: '' },
    ]
    const seen = new Set<string>()
    for (const context of wrong) {
      const error = (await open(blob, context).catch((e: unknown) => e)) as Error & { code: string }
      seen.add(`${error.code} ${error.message}`)
    }
    expect([...seen]).toEqual([expect.stringMatching(/^InvalidCiphertext /)])
    expect((await open(blob, { more: '', team: 'a' })).plaintext.toString()).toBe('x')
  })

  test('a wrapping moved to another key or version does not open', async () => {
    const [a, b] = [await kms.newKey({ spec }), await kms.newKey({ spec })]
    await kms.run('RotateKeyOnDemand', { keyId: a.keyId })
    const blob = await seal(a.keyId, Buffer.from('x'))
    const elsewhere = Buffer.from(blob)
    Buffer.from(b.keyId.replaceAll('-', ''), 'hex').copy(elsewhere, 2)
    expect(await codeOf(open(elsewhere))).toBe('InvalidCiphertext')
    for (const version of [0, 1, 3, 2 ** 32 - 1]) {
      const other = Buffer.from(blob)
      other.writeUInt32BE(version, 18)
      expect(await codeOf(open(other))).toBe('InvalidCiphertext')
    }
  })
})

test('a named key that did not make the ciphertext is IncorrectKey', async () => {
  const [a, b] = [await kms.newKey({ alias: 'alias/a' }), await kms.newKey()]
  const blob = await seal(a.keyId, Buffer.from('x'))
  expect(await codeOf(open(blob, {}, b.keyId))).toBe('IncorrectKey')
  for (const name of [a.keyId, a.arn, 'alias/a'])
    expect((await open(blob, {}, name)).plaintext.toString()).toBe('x')
})

test('any bytes are refused without a crash', async () => {
  const { keyId } = await kms.newKey()
  const real = await seal(keyId, Buffer.from('x'))
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.uint8Array({ maxLength: 400 }).map((tail) => Buffer.concat([real.subarray(0, 24), tail])),
  )
  await fc.assert(
    fc.asyncProperty(bytes, async (given) => {
      expect(['InvalidCiphertext', 'AccessDenied']).toContain(await codeOf(open(Buffer.from(given))))
    }),
  )
})

test('an object’s wrapped data key is no ciphertext of the key service, nor the other way round', async () => {
  const { keyId } = await kms.newKey()
  const place = { bucketId: '', objectKey: '', objectId: '' }
  const asked = { mode: 'managed-key', keyRef: keyId, suite: 'AES256', context: {} } as const
  const { keyring } = kms.parts
  const { record } = await keyring.generateDataKey(kms.projectId, asked, place)
  const blob = await seal(keyId, randomBytes(32))
  const forged = Buffer.concat([blob.subarray(0, 24), record.wrappedDataKey, blob.subarray(24 + 114)])
  expect(await codeOf(open(forged))).toBe('InvalidCiphertext')
  const swapped = { ...record, wrappedDataKey: blob.subarray(24, 24 + 114) }
  expect(await codeOf(keyring.decryptDataKey(kms.projectId, swapped, place))).toBe('ObjectCorrupt')
})

test('data keys come wrapped, in the open only when asked for', async () => {
  const { keyId, arn } = await kms.newKey()
  const asked = { keyId, bytes: 32, context: { a: 'b' }, grantTokens: [] }
  const made = await kms.run('GenerateDataKey', asked)
  expect(made.plaintext).toHaveLength(32)
  expect((await open(made.ciphertext, { a: 'b' })).plaintext).toEqual(made.plaintext)
  const hidden = await kms.run('GenerateDataKeyWithoutPlaintext', asked)
  expect(Object.keys(hidden).sort()).toEqual(['ciphertext', 'keyArn'])
  expect(hidden.keyArn).toBe(arn)
  expect((await open(hidden.ciphertext, { a: 'b' })).plaintext).toHaveLength(32)
  for (const bytes of [0, 1025, 1.5, NaN])
    expect(await codeOf(kms.run('GenerateDataKey', { ...asked, bytes }))).toBe('InvalidArgument')
})

test('re-encryption changes key and context, and asks for both keys', async () => {
  const [a, b] = [await kms.newKey(), await kms.newKey({ spec: 'SM4' })]
  const ciphertext = await seal(a.keyId, Buffer.from('moved'), { from: '1' })
  const asked = {
    ciphertext,
    sourceKeyId: undefined,
    sourceContext: { from: '1' },
    destinationKeyId: b.keyId,
    destinationContext: { to: '2' },
    grantTokens: [],
  }
  const moved = await kms.run('ReEncrypt', asked)
  expect(moved).toMatchObject({ sourceKeyArn: a.arn, keyArn: b.arn })
  expect((await open(moved.ciphertext, { to: '2' })).plaintext.toString()).toBe('moved')
  expect(kms.audit.recorded.slice(-3, -1)).toMatchObject([
    { action: 'kms:ReEncryptFrom', keyId: a.keyId, keyVersion: 1, result: 'Success' },
    { action: 'kms:ReEncryptTo', keyId: b.keyId, keyVersion: 1, result: 'Success' },
  ])
  await kms.run('DisableKey', { keyId: a.keyId })
  expect(await codeOf(kms.run('ReEncrypt', asked))).toBe('KeyDisabled')
  await kms.run('EnableKey', { keyId: a.keyId })
  await kms.run('DisableKey', { keyId: b.keyId })
  expect(await codeOf(kms.run('ReEncrypt', asked))).toBe('KeyDisabled')
})

test('sizes and contexts have limits', async () => {
  const { keyId } = await kms.newKey()
  for (const length of [0, 4097])
    expect(await codeOf(seal(keyId, Buffer.alloc(length)))).toBe('InvalidArgument')
  expect((await open(await seal(keyId, Buffer.alloc(4096, 7)))).plaintext).toEqual(Buffer.alloc(4096, 7))
  const contexts: Record<string, string>[] = [
    { '': 'a' },
    { a: '\ud800' },
    { '\udfff': '' },
    { a: 'x'.repeat(8192) },
  ]
  for (const context of contexts)
    expect(await codeOf(seal(keyId, Buffer.from('x'), context))).toBe('InvalidEncryptionContext')
  expect((await kms.run('GenerateRandom', { bytes: 1024 })).length).toBe(1024)
  expect(await codeOf(kms.run('GenerateRandom', { bytes: 1025 }))).toBe('InvalidArgument')
})

test('under another root nothing opens, and the key service says that it cannot', async () => {
  const { keyId } = await kms.newKey()
  const blob = await seal(keyId, Buffer.from('x'))
  const stranger = kms.reopen(randomBytes(32))
  const ask = { keyId: undefined, ciphertext: blob, context: {}, grantTokens: [] }
  expect(await codeOf(stranger.run('Decrypt', ask))).toBe('InvalidCiphertext')
  const encrypt = { keyId, plaintext: Buffer.from('x'), context: {}, grantTokens: [] }
  expect(await codeOf(stranger.run('Encrypt', encrypt))).toBe('KeyServiceUnavailable')
})

test('a key that is not here is told of as one that may not be used', async () => {
  const { keyId } = await kms.newKey()
  const blob = Buffer.from(await seal(keyId, Buffer.from('x')))
  Buffer.from(randomUUID().replaceAll('-', ''), 'hex').copy(blob, 2)
  expect(await codeOf(open(blob))).toBe('AccessDenied')
})
