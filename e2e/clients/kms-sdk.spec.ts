import {
  CreateBucketCommand,
  CopyObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import * as K from '@aws-sdk/client-kms'
import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import type { Coffer, Credentials } from '../coffer.ts'
import { bucketName, expect, s3Client, test } from '../fixtures.ts'

/** client-kms on the object port. */
function kmsClient({ objectUrl }: Pick<Coffer, 'objectUrl'>, credentials: Credentials): K.KMSClient {
  return new K.KMSClient({ endpoint: objectUrl, region: 'us-east-1', credentials, maxAttempts: 1 })
}

let kms: K.KMSClient
test.beforeEach(({ coffer, credentials }) => {
  kms = kmsClient(coffer, credentials)
})
test.afterEach(() => kms.destroy())

async function createKey(input: K.CreateKeyCommandInput = {}): Promise<string> {
  const { KeyMetadata } = await kms.send(new K.CreateKeyCommand(input))
  return KeyMetadata!.KeyId!
}

/** The name of the exception, which is what programs match on. */
async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'none'
  } catch (error) {
    return (error as Error).name
  }
}

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString()
const encrypt = (KeyId: string, words: string, EncryptionContext?: Record<string, string>) =>
  kms.send(new K.EncryptCommand({ KeyId, Plaintext: Buffer.from(words), EncryptionContext }))
const decrypt = (CiphertextBlob: Uint8Array | undefined, more: Partial<K.DecryptCommandInput> = {}) =>
  kms.send(new K.DecryptCommand({ CiphertextBlob, ...more }))

test('a key is created, described by each of its names, listed, named, tagged', async ({ coffer }) => {
  const { KeyMetadata } = await kms.send(
    new K.CreateKeyCommand({ Description: '光學', Tags: [{ TagKey: 'team', TagValue: 'optics' }] }),
  )
  const { KeyId, Arn } = KeyMetadata!
  expect(KeyMetadata).toMatchObject({
    Enabled: true,
    KeyState: 'Enabled',
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    Description: '光學',
    MultiRegion: false,
  })
  expect(Arn).toBe(`arn:aws:kms:us-east-1:${KeyMetadata!.AWSAccountId}:key/${KeyId}`)
  expect(Math.abs(Date.now() - KeyMetadata!.CreationDate!.getTime())).toBeLessThan(60_000)

  const AliasName = 'alias/sdk/named'
  await kms.send(new K.CreateAliasCommand({ AliasName, TargetKeyId: KeyId }))
  const { Aliases } = await kms.send(new K.ListAliasesCommand({ KeyId }))
  expect(Aliases).toMatchObject([{ AliasName, TargetKeyId: KeyId }])
  for (const name of [KeyId, Arn, AliasName, Aliases![0]!.AliasArn])
    expect((await kms.send(new K.DescribeKeyCommand({ KeyId: name }))).KeyMetadata!.Arn).toBe(Arn)

  const other = await createKey({ Description: 'another' })
  expect(await refusal(kms.send(new K.CreateAliasCommand({ AliasName, TargetKeyId: other })))).toBe(
    'AlreadyExistsException',
  )
  await kms.send(new K.UpdateAliasCommand({ AliasName, TargetKeyId: other }))
  expect((await kms.send(new K.DescribeKeyCommand({ KeyId: AliasName }))).KeyMetadata!.KeyId).toBe(other)
  await kms.send(new K.DeleteAliasCommand({ AliasName }))
  expect(await refusal(kms.send(new K.DescribeKeyCommand({ KeyId: AliasName })))).toBe('NotFoundException')

  await kms.send(new K.UpdateKeyDescriptionCommand({ KeyId, Description: 'said anew' }))
  expect((await kms.send(new K.DescribeKeyCommand({ KeyId }))).KeyMetadata!.Description).toBe('said anew')

  await kms.send(new K.TagResourceCommand({ KeyId, Tags: [{ TagKey: 'cost', TagValue: '' }] }))
  await kms.send(new K.UntagResourceCommand({ KeyId, TagKeys: ['team'] }))
  expect((await kms.send(new K.ListResourceTagsCommand({ KeyId }))).Tags).toEqual([
    { TagKey: 'cost', TagValue: '' },
  ])

  const listed: (string | undefined)[] = []
  for await (const page of K.paginateListKeys({ client: kms, pageSize: 1 }, {})) {
    expect(page.Keys!.length).toBeLessThanOrEqual(1)
    listed.push(...page.Keys!.map((key) => key.KeyArn))
  }
  expect(listed).toContain(Arn)
  expect(listed).toContain((await coffer.projectKey()).arn)
  expect(new Set(listed).size).toBe(listed.length)
})

for (const KeySpec of ['SYMMETRIC_DEFAULT', 'SM4'])
  test(`${KeySpec}: encrypt, decrypt, re-encrypt, data keys`, async () => {
    const KeyId = await createKey({ KeySpec: KeySpec as K.KeySpec })
    const { Arn, KeySpec: told } = (await kms.send(new K.DescribeKeyCommand({ KeyId }))).KeyMetadata!
    expect(told).toBe(KeySpec)
    const context = { tenant: 'a', 部門: '光學' }
    const { CiphertextBlob, ...facts } = await encrypt(KeyId, 'plain words', context)
    expect(facts).toMatchObject({ KeyId: Arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' })
    expect(Buffer.from(CiphertextBlob!).includes('plain words')).toBe(false)
    const opened = await decrypt(CiphertextBlob, { EncryptionContext: { 部門: '光學', tenant: 'a' } })
    expect([text(opened.Plaintext), opened.KeyId]).toEqual(['plain words', Arn])

    const spoilt = Buffer.from(CiphertextBlob!)
    spoilt[spoilt.length - 1]! ^= 1
    for (const attempt of [
      decrypt(CiphertextBlob),
      decrypt(CiphertextBlob, { EncryptionContext: { ...context, tenant: 'b' } }),
      decrypt(spoilt, { EncryptionContext: context }),
      decrypt(Buffer.from('no ciphertext of anybody')),
    ])
      expect(await refusal(attempt)).toBe('InvalidCiphertextException')

    const other = await createKey()
    expect(await refusal(decrypt(CiphertextBlob, { EncryptionContext: context, KeyId: other }))).toBe(
      'IncorrectKeyException',
    )
    const moved = await kms.send(
      new K.ReEncryptCommand({
        CiphertextBlob,
        SourceKeyId: KeyId,
        SourceEncryptionContext: context,
        DestinationKeyId: other,
        DestinationEncryptionContext: { tenant: 'b' },
      }),
    )
    expect(moved).toMatchObject({ SourceKeyId: Arn, KeyId: expect.stringContaining(other) })
    const reopened = await decrypt(moved.CiphertextBlob, { EncryptionContext: { tenant: 'b' }, KeyId: other })
    expect(text(reopened.Plaintext)).toBe('plain words')

    const dataKey = await kms.send(
      new K.GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext: context }),
    )
    expect(dataKey.Plaintext).toHaveLength(32)
    const unwrapped = await decrypt(dataKey.CiphertextBlob, { EncryptionContext: context })
    expect(Buffer.from(unwrapped.Plaintext!).equals(dataKey.Plaintext!)).toBe(true)
    const unseen = await kms.send(new K.GenerateDataKeyWithoutPlaintextCommand({ KeyId, NumberOfBytes: 64 }))
    expect(unseen).not.toHaveProperty('Plaintext')
    expect((await decrypt(unseen.CiphertextBlob)).Plaintext).toHaveLength(64)
  })

test('random bytes', async () => {
  const draw = async () =>
    text((await kms.send(new K.GenerateRandomCommand({ NumberOfBytes: 32 }))).Plaintext)
  expect(await draw()).not.toBe(await draw())
  expect(await refusal(kms.send(new K.GenerateRandomCommand({ NumberOfBytes: 1025 })))).toBe(
    'ValidationException',
  )
})

test('rotation: by period and on demand; what an old version encrypted opens still', async () => {
  const KeyId = await createKey()
  const status = () => kms.send(new K.GetKeyRotationStatusCommand({ KeyId }))
  await kms.send(new K.EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 180 }))
  const enabled = await status()
  expect(enabled).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 180 })
  const inDays = (enabled.NextRotationDate!.getTime() - Date.now()) / 86_400_000
  expect(inDays).toBeGreaterThan(178)
  expect(inDays).toBeLessThan(182)
  const before = await encrypt(KeyId, 'before')
  await kms.send(new K.RotateKeyOnDemandCommand({ KeyId }))
  const after = await encrypt(KeyId, 'after')
  expect(text((await decrypt(before.CiphertextBlob)).Plaintext)).toBe('before')
  expect(text((await decrypt(after.CiphertextBlob)).Plaintext)).toBe('after')
  const { Rotations } = await kms.send(new K.ListKeyRotationsCommand({ KeyId }))
  expect(Rotations).toMatchObject([{ KeyId, RotationType: 'ON_DEMAND' }])
  await kms.send(new K.DisableKeyRotationCommand({ KeyId }))
  expect(await status()).toMatchObject({ KeyRotationEnabled: false })
  expect(await refusal(kms.send(new K.EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 30 })))).toBe(
    'ValidationException',
  )
})

test('states: disabled, scheduled for deletion, cancelled', async () => {
  const KeyId = await createKey()
  const { CiphertextBlob } = await encrypt(KeyId, 'x')
  await kms.send(new K.DisableKeyCommand({ KeyId }))
  expect(await refusal(encrypt(KeyId, 'y'))).toBe('DisabledException')
  expect(await refusal(decrypt(CiphertextBlob))).toBe('DisabledException')
  await kms.send(new K.EnableKeyCommand({ KeyId }))
  expect(text((await decrypt(CiphertextBlob)).Plaintext)).toBe('x')

  const scheduled = await kms.send(new K.ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))
  expect(scheduled).toMatchObject({ KeyState: 'PendingDeletion', PendingWindowInDays: 7 })
  const days = (scheduled.DeletionDate!.getTime() - Date.now()) / 86_400_000
  expect(Math.abs(days - 7)).toBeLessThan(1.1)
  expect(await refusal(decrypt(CiphertextBlob))).toBe('KMSInvalidStateException')
  expect(await refusal(kms.send(new K.EnableKeyCommand({ KeyId })))).toBe('KMSInvalidStateException')
  await kms.send(new K.CancelKeyDeletionCommand({ KeyId }))
  const { KeyMetadata } = await kms.send(new K.DescribeKeyCommand({ KeyId }))
  expect(KeyMetadata).toMatchObject({ KeyState: 'Disabled', Enabled: false })
  expect(KeyMetadata).not.toHaveProperty('DeletionDate')
})

const wrapped = (material: Buffer, publicKey: Uint8Array): Buffer =>
  publicEncrypt(
    {
      key: createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' }),
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: 'sha256',
    },
    material,
  )

async function importMaterial(
  KeyId: string,
  material: Buffer,
  more: Partial<K.ImportKeyMaterialCommandInput>,
) {
  const parameters = await kms.send(
    new K.GetParametersForImportCommand({
      KeyId,
      WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
      WrappingKeySpec: 'RSA_2048',
    }),
  )
  const { ImportToken, PublicKey } = parameters
  const EncryptedKeyMaterial = wrapped(material, PublicKey!)
  return kms.send(new K.ImportKeyMaterialCommand({ KeyId, ImportToken, EncryptedKeyMaterial, ...more }))
}

test('imported material: expires, is deleted, comes back, and only the same', async ({ s3 }) => {
  test.setTimeout(120_000)
  const KeyId = await createKey({ Origin: 'EXTERNAL' })
  const describe = async () => (await kms.send(new K.DescribeKeyCommand({ KeyId }))).KeyMetadata
  expect(await describe()).toMatchObject({ KeyState: 'PendingImport', Origin: 'EXTERNAL' })
  expect(await refusal(encrypt(KeyId, 'x'))).toBe('KMSInvalidStateException')

  const material = randomBytes(32)
  const forever = { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' } as const
  await importMaterial(KeyId, material, forever)
  expect(await describe()).toMatchObject({
    KeyState: 'Enabled',
    ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
  })
  const { CiphertextBlob } = await encrypt(KeyId, 'under our own material')
  const Bucket = bucketName('imported')
  await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(
    new PutObjectCommand({
      Bucket,
      Key: 'k',
      Body: 'b',
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: KeyId,
    }),
  )

  await kms.send(new K.DeleteImportedKeyMaterialCommand({ KeyId }))
  expect(await describe()).toMatchObject({ KeyState: 'PendingImport' })
  expect(await refusal(decrypt(CiphertextBlob))).toBe('KMSInvalidStateException')
  expect(await refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'k' })))).toBe(
    'KMS.KMSInvalidStateException',
  )
  expect(await refusal(importMaterial(KeyId, randomBytes(32), forever))).toBe('IncorrectKeyMaterialException')
  const ValidTo = new Date(Date.now() + 3_600_000)
  await importMaterial(KeyId, material, { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo })
  const renewed = await describe()
  expect(renewed).toMatchObject({ KeyState: 'Enabled', ExpirationModel: 'KEY_MATERIAL_EXPIRES' })
  expect(Math.abs(renewed!.ValidTo!.getTime() - ValidTo.getTime())).toBeLessThan(1000)
  expect(text((await decrypt(CiphertextBlob)).Plaintext)).toBe('under our own material')
  expect(await (await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }))).Body!.transformToString()).toBe(
    'b',
  )

  const another = await createKey({ Origin: 'EXTERNAL' })
  const parameters = await kms.send(
    new K.GetParametersForImportCommand({
      KeyId: another,
      WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
      WrappingKeySpec: 'RSA_2048',
    }),
  )
  const { ImportToken, PublicKey } = parameters
  const attempt = (more: Partial<K.ImportKeyMaterialCommandInput>) =>
    refusal(
      kms.send(
        new K.ImportKeyMaterialCommand({
          ...{ KeyId: another, ImportToken, ...forever },
          EncryptedKeyMaterial: wrapped(randomBytes(32), PublicKey!),
          ...more,
        }),
      ),
    )
  expect(await attempt({ EncryptedKeyMaterial: randomBytes(256) })).toBe('InvalidCiphertextException')
  expect(await attempt({ ImportToken: randomBytes(64) })).toBe('InvalidImportTokenException')
  expect(await attempt({ KeyId })).toBe('InvalidImportTokenException')
  expect(await attempt({ EncryptedKeyMaterial: wrapped(randomBytes(16), PublicKey!) })).not.toBe('none')
  expect(await attempt({})).toBe('none')
})

test('objects live by their key: disabled they are shut, enabled they open; deletion waits for them', async ({
  s3,
}) => {
  const KeyId = await createKey()
  await kms.send(new K.CreateAliasCommand({ AliasName: 'alias/sdk/objects', TargetKeyId: KeyId }))
  const Bucket = bucketName('kms')
  await s3.send(new CreateBucketCommand({ Bucket }))
  const put = await s3.send(
    new PutObjectCommand({
      ...{ Bucket, Key: 'report', Body: 'figures', ServerSideEncryption: 'aws:kms' },
      SSEKMSKeyId: 'alias/sdk/objects',
    }),
  )
  expect(put.SSEKMSKeyId).toContain(KeyId)
  const read = async () =>
    (await s3.send(new GetObjectCommand({ Bucket, Key: 'report' }))).Body!.transformToString()
  expect(await read()).toBe('figures')

  await kms.send(new K.DisableKeyCommand({ KeyId }))
  expect(await refusal(read())).toBe('KMS.DisabledException')
  const CopySource = `${Bucket}/report`
  expect(await refusal(s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource })))).toBe(
    'KMS.DisabledException',
  )
  await kms.send(new K.EnableKeyCommand({ KeyId }))
  expect(await read()).toBe('figures')

  await kms.send(new K.RotateKeyOnDemandCommand({ KeyId }))
  expect(await read()).toBe('figures')
  expect(await refusal(kms.send(new K.ScheduleKeyDeletionCommand({ KeyId })))).toBe(
    'KMSInvalidStateException',
  )
  expect(await read()).toBe('figures')
})

test('the project’s default key is used by all and changed by none', async ({ coffer }) => {
  const { keyId: KeyId } = await coffer.projectKey()
  expect((await kms.send(new K.DescribeKeyCommand({ KeyId }))).KeyMetadata).toMatchObject({
    KeyManager: 'AWS',
  })
  const { CiphertextBlob } = await encrypt(KeyId, 'shared')
  const refused = [
    await refusal(kms.send(new K.DisableKeyCommand({ KeyId }))),
    await refusal(kms.send(new K.ScheduleKeyDeletionCommand({ KeyId }))),
    await refusal(
      kms.send(new K.PutKeyPolicyCommand({ KeyId, Policy: '{"Version":"2012-10-17","Statement":[]}' })),
    ),
  ]
  expect(refused).toEqual(['AccessDeniedException', 'AccessDeniedException', 'AccessDeniedException'])
  await kms.send(new K.RotateKeyOnDemandCommand({ KeyId }))
  expect(text((await decrypt(CiphertextBlob)).Plaintext)).toBe('shared')
})

interface Colleague {
  userArn: string
  credentials: Credentials
  s3: S3Client
}

/** Somebody invited to the project, with an access key of his own. */
async function invite(coffer: Coffer, role: string): Promise<Colleague> {
  const email = `${role}-${process.pid}-${Date.now()}@example.org`
  const answer = await coffer.request('POST', `/api/members/invitations?project=${coffer.projectId}`, {
    email,
    role,
  })
  const token = new URL(((await answer.json()) as { url: string }).url).searchParams.get('token')
  const headers = { origin: coffer.consoleUrl, 'content-type': 'application/json' }
  const account = { name: role, password: 'a quiet river at dusk' }
  const body = JSON.stringify({ token, account })
  const joined = await fetch(`${coffer.consoleUrl}/api/invitation`, { method: 'POST', headers, body })
  expect(joined.status).toBe(200)
  const cookie = joined.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  const made = await fetch(`${coffer.consoleUrl}/api/access-keys?project=${coffer.projectId}`, {
    ...{ method: 'POST', headers: { ...headers, cookie } },
    body: JSON.stringify({ description: 'test' }),
  })
  const credentials = (await made.json()) as Credentials
  const list = await coffer.request('GET', `/api/members?project=${coffer.projectId}`)
  const { members } = (await list.json()) as { members: { userId: string; email: string }[] }
  const { userId } = members.find((member) => member.email === email)!
  const { arn } = await coffer.projectKey()
  return {
    userArn: `arn:aws:iam::${arn.split(':')[4]}:user/${userId}`,
    credentials,
    s3: s3Client(coffer, credentials),
  }
}

test('grants let an auditor decrypt, within their constraints, until they are revoked or retired', async ({
  coffer,
}) => {
  const auditor = await invite(coffer, 'auditor')
  const his = kmsClient(coffer, auditor.credentials)
  const KeyId = await createKey()
  const context = { tenant: 'a', run: '7' }
  const [open, shut] = [
    await encrypt(KeyId, 'his', context),
    await encrypt(KeyId, 'not his', { tenant: 'b' }),
  ]
  const reads = (CiphertextBlob: Uint8Array | undefined, EncryptionContext: Record<string, string>) =>
    his.send(new K.DecryptCommand({ CiphertextBlob, EncryptionContext }))
  expect(await refusal(reads(open.CiphertextBlob, context))).toBe('AccessDeniedException')

  const input: K.CreateGrantCommandInput = {
    KeyId,
    Name: 'audit',
    GranteePrincipal: auditor.userArn,
    RetiringPrincipal: auditor.userArn,
    Operations: ['Decrypt'],
    Constraints: { EncryptionContextSubset: { tenant: 'a' } },
  }
  const grant = await kms.send(new K.CreateGrantCommand(input))
  expect(text((await reads(open.CiphertextBlob, context)).Plaintext)).toBe('his')
  expect(await refusal(reads(shut.CiphertextBlob, { tenant: 'b' }))).toBe('AccessDeniedException')
  expect(await refusal(his.send(new K.GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' })))).toBe(
    'AccessDeniedException',
  )
  const { Grants } = await kms.send(new K.ListGrantsCommand({ KeyId }))
  expect(Grants).toMatchObject([
    {
      GrantId: grant.GrantId,
      Name: 'audit',
      GranteePrincipal: auditor.userArn,
      Operations: ['Decrypt'],
      Constraints: { EncryptionContextSubset: { tenant: 'a' } },
    },
  ])
  const grantsOf = async (GranteePrincipal: string) =>
    (await kms.send(new K.ListGrantsCommand({ KeyId, GranteePrincipal }))).Grants
  expect(await grantsOf(auditor.userArn)).toHaveLength(1)
  expect(await grantsOf(`${auditor.userArn}x`)).toEqual([])
  await kms.send(new K.RevokeGrantCommand({ KeyId, GrantId: grant.GrantId }))
  expect(await refusal(reads(open.CiphertextBlob, context))).toBe('AccessDeniedException')

  const second = await kms.send(new K.CreateGrantCommand(input))
  const withToken = {
    CiphertextBlob: open.CiphertextBlob,
    EncryptionContext: context,
    GrantTokens: [second.GrantToken!],
  }
  expect(text((await his.send(new K.DecryptCommand(withToken))).Plaintext)).toBe('his')
  await his.send(new K.RetireGrantCommand({ GrantToken: second.GrantToken }))
  expect(await refusal(reads(open.CiphertextBlob, context))).toBe('AccessDeniedException')
  expect((await kms.send(new K.ListGrantsCommand({ KeyId }))).Grants).toEqual([])
  his.destroy()
  auditor.s3.destroy()
})

test('a key policy shuts out a member from the key and from the objects under it', async ({ coffer, s3 }) => {
  const member = await invite(coffer, 'member')
  const his = kmsClient(coffer, member.credentials)
  const KeyId = await createKey()
  const Bucket = bucketName('policy')
  await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(
    new PutObjectCommand({
      Bucket,
      Key: 'k',
      Body: 'b',
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: KeyId,
    }),
  )
  const { CiphertextBlob } = await encrypt(KeyId, 'words')
  const reads = async () =>
    (await member.s3.send(new GetObjectCommand({ Bucket, Key: 'k' }))).Body!.transformToString()
  expect(text((await his.send(new K.DecryptCommand({ CiphertextBlob }))).Plaintext)).toBe('words')
  expect(await reads()).toBe('b')

  const before = await kms.send(new K.GetKeyPolicyCommand({ KeyId }))
  expect(before.PolicyName).toBe('default')
  const policy = JSON.parse(before.Policy!) as { Statement: object[] }
  const denial = {
    Sid: 'NotHim',
    Effect: 'Deny',
    Principal: { AWS: member.userArn },
    Action: 'kms:Decrypt',
    Resource: '*',
  }
  const Policy = JSON.stringify({ ...policy, Statement: [...policy.Statement, denial] })
  await kms.send(new K.PutKeyPolicyCommand({ KeyId, Policy }))
  expect((await kms.send(new K.ListKeyPoliciesCommand({ KeyId }))).PolicyNames).toEqual(['default'])
  expect(await refusal(his.send(new K.DecryptCommand({ CiphertextBlob })))).toBe('AccessDeniedException')
  expect(await refusal(reads())).toBe('AccessDenied')
  expect(text((await decrypt(CiphertextBlob)).Plaintext)).toBe('words')
  expect(await refusal(his.send(new K.PutKeyPolicyCommand({ KeyId, Policy: before.Policy })))).toBe(
    'AccessDeniedException',
  )
  expect(await refusal(kms.send(new K.PutKeyPolicyCommand({ KeyId, Policy: '{"Version":' })))).toBe(
    'MalformedPolicyDocumentException',
  )
  await kms.send(new K.PutKeyPolicyCommand({ KeyId, Policy: before.Policy }))
  expect(await reads()).toBe('b')
  his.destroy()
  member.s3.destroy()
})

test('what is wrong is refused in KMS words', async ({ coffer, credentials }) => {
  const missing = '00000000-0000-4000-8000-000000000000'
  expect(await refusal(kms.send(new K.DescribeKeyCommand({ KeyId: missing })))).toBe('NotFoundException')
  expect(
    await refusal(kms.send(new K.CreateKeyCommand({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }))),
  ).toBe('UnsupportedOperationException')
  expect(await refusal(kms.send(new K.CreateKeyCommand({ MultiRegion: true })))).toBe(
    'UnsupportedOperationException',
  )
  expect(await refusal(kms.send(new K.ListKeysCommand({ Marker: 'nonsense' })))).toBe(
    'InvalidMarkerException',
  )
  expect(
    await refusal(
      kms.send(
        new K.SignCommand({ KeyId: missing, Message: Buffer.from('m'), SigningAlgorithm: 'ECDSA_SHA_256' }),
      ),
    ),
  ).toBe('UnknownOperationException')
  const KeyId = await createKey()
  const alias = (AliasName: string) =>
    refusal(kms.send(new K.CreateAliasCommand({ AliasName, TargetKeyId: KeyId })))
  expect(await alias('alias/aws/mine')).toBe('InvalidAliasNameException')
  expect(await refusal(kms.send(new K.RevokeGrantCommand({ KeyId, GrantId: 'none' })))).toBe(
    'NotFoundException',
  )
  expect(await refusal(kms.send(new K.RevokeGrantCommand({ KeyId, GrantId: 'none', DryRun: true })))).toBe(
    'UnsupportedOperationException',
  )

  const wrongSecret = kmsClient(coffer, { ...credentials, secretAccessKey: 'x'.repeat(40) })
  expect(await refusal(wrongSecret.send(new K.ListKeysCommand({})))).toBe('InvalidSignatureException')
  const nobody = kmsClient(coffer, { ...credentials, accessKeyId: 'AKIANOBODYNOBODYNOBO' })
  expect(await refusal(nobody.send(new K.ListKeysCommand({})))).toBe('UnrecognizedClientException')
  for (const client of [wrongSecret, nobody]) client.destroy()
  const unsigned = await fetch(coffer.objectUrl, {
    method: 'POST',
    headers: { 'x-amz-target': 'TrentService.ListKeys' },
    body: '{}',
  })
  expect([unsigned.status, ((await unsigned.json()) as { __type: string }).__type]).toEqual([
    400,
    'MissingAuthenticationTokenException',
  ])
})

test('the console’s port speaks it, too, and tells plaintext over TLS only', async ({
  coffer,
  credentials,
}) => {
  const client = kmsClient({ objectUrl: `${coffer.consoleUrl}/objects` }, credentials)
  const { keyId: KeyId } = await coffer.projectKey()
  const made = await client.send(new K.GenerateDataKeyWithoutPlaintextCommand({ KeyId, KeySpec: 'AES_256' }))
  const { CiphertextBlob } = made
  expect((await decrypt(CiphertextBlob)).Plaintext).toHaveLength(32)
  expect(await refusal(client.send(new K.DecryptCommand({ CiphertextBlob })))).toBe('AccessDeniedException')
  expect(await refusal(client.send(new K.DescribeKeyCommand({ KeyId: 'alias/none' })))).toBe(
    'NotFoundException',
  )
  client.destroy()
})

test('no key, plaintext, grant or import token is printed by the server', async ({ coffer }) => {
  const KeyId = await createKey()
  const marker = randomBytes(16).toString('hex')
  const { CiphertextBlob } = await encrypt(KeyId, marker)
  await decrypt(CiphertextBlob)
  await refusal(decrypt(CiphertextBlob, { EncryptionContext: { marker } }))
  const { Plaintext } = await kms.send(new K.GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }))
  for (const secret of [
    marker,
    Buffer.from(marker).toString('base64'),
    Buffer.from(Plaintext!).toString('base64'),
  ])
    expect(coffer.log).not.toContain(secret)
})
