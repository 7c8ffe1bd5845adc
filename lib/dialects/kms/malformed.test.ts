import fc from 'fast-check'
import { createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startSystem, type RunningSystem } from '../testing/running-system.ts'
import { signed, type SignOptions } from '../testing/sign.ts'
import { spokenNames } from './operations.ts'

let running: RunningSystem
let keyId = ''
let ciphertext = ''
beforeAll(async () => {
  running = await startSystem()
  keyId = ((await ask('CreateKey', {})).document as { KeyMetadata: { KeyId: string } }).KeyMetadata.KeyId
  const encrypted = await ask('Encrypt', { KeyId: keyId, Plaintext: 'aGVsbG8=' })
  ciphertext = (encrypted.document as { CiphertextBlob: string }).CiphertextBlob
})
afterAll(() => running.stop())

async function ask(name: string, body: object | Buffer, options: SignOptions = {}) {
  const { accessKeyId, secretAccessKey: secret } = running.credentials
  const answer = await running.system.serve(
    signed({
      ...{ method: 'POST', service: 'kms', time: Date.now(), accessKeyId, secret },
      headers: { 'x-amz-target': `TrentService.${name}`, 'content-type': 'application/x-amz-json-1.1' },
      body: Buffer.isBuffer(body) ? body : JSON.stringify(body),
      ...options,
    }),
  )
  return { status: answer.status, document: JSON.parse((answer.body as Buffer).toString()) as object }
}

const MEMBERS = [
  ...[
    'KeyId',
    'KeyId',
    'KeyId',
    'TargetKeyId',
    'SourceKeyId',
    'DestinationKeyId',
    'AliasName',
    'Description',
  ],
  ...[
    'CiphertextBlob',
    'Plaintext',
    'EncryptionContext',
    'SourceEncryptionContext',
    'GrantTokens',
    'NumberOfBytes',
  ],
  ...['KeySpec', 'Origin', 'Tags', 'TagKeys', 'Policy', 'PolicyName', 'Limit', 'Marker', 'GranteePrincipal'],
  ...['Operations', 'Constraints', 'GrantId', 'GrantToken', 'RotationPeriodInDays', 'PendingWindowInDays'],
  ...[
    'WrappingAlgorithm',
    'WrappingKeySpec',
    'ImportToken',
    'EncryptedKeyMaterial',
    'ValidTo',
    'ExpirationModel',
  ],
  ...[
    'RetiringPrincipal',
    'Name',
    'DryRun',
    '__proto__',
    'BypassPolicyLockoutSafetyCheck',
    'CustomKeyStoreId',
  ],
]

/** Values that some member would take; a function, because ids are known only when the system runs. */
const SENSIBLE: (() => unknown)[] = [
  () => keyId,
  () => `arn:aws:kms:us-east-1:${running.accountNumber}:key/${keyId}`,
  () => `alias/a${Math.trunc(keyId.length)}`,
  () => 'arn:aws:kms:eu-west-1:111122223333:key/x',
  () => '00000000-0000-4000-8000-000000000000',
  () => 'alias/project',
  () => ciphertext,
  () => 'aGVsbG8=',
  () => ({ tenant: 'a' }),
  () => ({ tenant: 'a', __proto__: null, '': '' }),
  () => [{ TagKey: 'k', TagValue: 'v' }],
  () => [{ TagKey: 'aws:k', TagValue: 'v' }],
  () => ['Decrypt', 'Encrypt'],
  () => ({ EncryptionContextSubset: { tenant: 'a' } }),
  () => '{"Version":"2012-10-17","Statement":[]}',
  () =>
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}',
  () => '{"Version":',
  () => `arn:aws:iam::${running.accountNumber}:root`,
  () => 'EXTERNAL',
  () => 'AES_256',
  () => 'SM4',
  () => 'RSAES_OAEP_SHA_256',
  () => 'RSA_2048',
  () => 'KEY_MATERIAL_DOES_NOT_EXPIRE',
  () => 'default',
  () => 32,
  () => 7,
  () => 365,
  () => 1.8e9,
  () => false,
]

const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...SENSIBLE) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }).map((json) => () => json) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).map((text) => () => text) },
  { weight: 1, arbitrary: fc.integer().map((number) => () => number) },
)

/** What would answer with a new RSA key or make the database grow is asked seldom enough by chance. */
const structured = fc.record({
  name: fc.constantFrom(...spokenNames),
  members: fc.dictionary(fc.constantFrom(...MEMBERS), value, { maxKeys: 6 }),
  keyed: fc.boolean(),
})

it('answers 4,000 odd structures in KMS words, never with a failure of ours', async () => {
  const outcomes = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(structured, async ({ name, members, keyed }) => {
      const values = Object.entries(members).map(([member, make]): [string, unknown] => [member, make()])
      const { status, document } = await ask(name, {
        ...Object.fromEntries(values),
        ...(keyed && { KeyId: keyId }),
      })
      expect(status, `${name} ${JSON.stringify(document)}`).toBeLessThan(500)
      const outcome = status === 200 ? 'done' : (document as { __type: string }).__type
      expect(outcome).toMatch(/^done$|Exception$/)
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }),
    { numRuns: 4000 },
  )
  // the generator reaches the operations themselves, not only their refusals
  for (const reached of ['done', 'NotFoundException', 'ValidationException', 'SerializationException'])
    expect(outcomes.get(reached) ?? 0, JSON.stringify([...outcomes])).toBeGreaterThan(20)
  expect(running.faults).toEqual([])
}, 300_000)

it('answers random bytes as a body', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...spokenNames),
      fc.uint8Array({ maxLength: 80 }),
      async (name, bytes) => {
        const { status } = await ask(name, Buffer.from(bytes))
        expect(status).toSatisfy((code: number) => code === 400 || (bytes.length === 0 && code === 200))
      },
    ),
    { numRuns: 1000 },
  )
})

it('answers what is not even one of its operations', async () => {
  for (const name of ['', 'Sign', 'GetBlastRadius', 'constructor', 'x'.repeat(5000)])
    expect(await ask(name, {})).toMatchObject({
      status: 400,
      document: { __type: 'UnknownOperationException' },
    })
})

it('writes no plaintext, data key or imported material to the data folder', async () => {
  const marker = randomBytes(24).toString('hex')
  const made = ((await ask('CreateKey', {})).document as { KeyMetadata: { KeyId: string } }).KeyMetadata.KeyId
  const encrypted = await ask('Encrypt', { KeyId: made, Plaintext: Buffer.from(marker).toString('base64') })
  const { CiphertextBlob } = encrypted.document as { CiphertextBlob: string }
  const decrypted = await ask('Decrypt', { CiphertextBlob })
  const { Plaintext } = decrypted.document as { Plaintext: string }
  expect(Buffer.from(Plaintext, 'base64').toString()).toBe(marker)
  const dataKey = await ask('GenerateDataKey', { KeyId: made, KeySpec: 'AES_256' })
  const key = Buffer.from((dataKey.document as { Plaintext: string }).Plaintext, 'base64')
  expect(key).toHaveLength(32)
  const material = await imported()
  for (const entry of await readdir(running.dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const content = await readFile(join(entry.parentPath, entry.name))
    for (const secret of [marker, Plaintext, ...spellingsOf(key), ...spellingsOf(material)])
      expect(content.includes(secret), entry.name).toBe(false)
  }
})

const spellingsOf = (bytes: Buffer) => [bytes, bytes.toString('base64'), bytes.toString('hex')]

/** The material of a new key, after it was imported. */
async function imported(): Promise<Buffer> {
  const created = await ask('CreateKey', { Origin: 'EXTERNAL' })
  const KeyId = (created.document as { KeyMetadata: { KeyId: string } }).KeyMetadata.KeyId
  const wrapping = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' }
  const { document } = await ask('GetParametersForImport', { KeyId, ...wrapping })
  const { ImportToken, PublicKey } = document as { ImportToken: string; PublicKey: string }
  const publicKey = createPublicKey({ key: Buffer.from(PublicKey, 'base64'), format: 'der', type: 'spki' })
  const material = randomBytes(32)
  const EncryptedKeyMaterial = publicEncrypt({ key: publicKey, oaepHash: 'sha256' }, material).toString(
    'base64',
  )
  const ExpirationModel = 'KEY_MATERIAL_DOES_NOT_EXPIRE'
  const done = await ask('ImportKeyMaterial', { KeyId, ImportToken, EncryptedKeyMaterial, ExpirationModel })
  expect(done).toEqual({ status: 200, document: {} })
  expect((await ask('Encrypt', { KeyId, Plaintext: 'aGVsbG8=' })).status).toBe(200)
  return material
}
