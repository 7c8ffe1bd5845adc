import { CreateKeyCommand, DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms'
import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSystem } from '../../dialects/testing/running-system.ts'
import type { RunningSystem } from '../../dialects/testing/running-system.ts'
import type { KeyOperationName, KeyRequest, KeyResult } from '../../kms/operations.ts'
import type { Caller } from '../../store/model.ts'
import { startVaultPeer } from './vault-peer.test-support.ts'
import type { VaultPeer } from './vault-peer.test-support.ts'

/** A key of a project that lives in a key service, through the whole system: keys, objects, both protocols. */
let running: RunningSystem
let vault: VaultPeer
let folder: string
let s3: S3Client
let kms: KMSClient
let keyId: string
const Bucket = 'elsewhere'

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-elsewhere-'))
  vault = await startVaultPeer()
  const token = join(folder, 'token')
  writeFileSync(token, vault.token, { mode: 0o600 })
  running = await startSystem({
    COFFER_KEY_SERVICES: 'head-office',
    COFFER_KEY_SERVICE_CACHE_SECONDS: '0',
    COFFER_KEY_SERVICE_HEAD_OFFICE_TYPE: 'vault',
    COFFER_KEY_SERVICE_HEAD_OFFICE_ADDRESS: vault.address,
    COFFER_KEY_SERVICE_HEAD_OFFICE_TOKEN_FILE: token,
  })
  const endpoint = `http://127.0.0.1:${running.port}`
  const settings = { endpoint, region: 'us-east-1', credentials: running.credentials, maxAttempts: 1 }
  s3 = new S3Client({ ...settings, forcePathStyle: true })
  kms = new KMSClient(settings)
  await s3.send(new CreateBucketCommand({ Bucket }))
  ;({ keyId } = await run('CreateKey', {
    spec: 'AES_256',
    origin: 'AWS_KMS',
    description: '',
    tags: [],
    policy: undefined,
    alias: 'alias/elsewhere',
    provider: 'head-office',
  }))
})
afterAll(async () => {
  expect(running.faults).toEqual([])
  s3.destroy()
  kms.destroy()
  await running.stop()
  await vault.stop()
  rmSync(folder, { recursive: true })
})

async function run<N extends KeyOperationName>(name: N, request: KeyRequest<N>): Promise<KeyResult<N>> {
  const [person] = await running.system.accounts.memberships(await ownerId())
  const { role, project } = person!
  const caller: Caller = {
    kind: 'member',
    userId: await ownerId(),
    projectId: project.projectId,
    role,
    account: project.accountNumber,
  }
  return running.system.kms.run(name, request, caller, {
    requestId: 'r',
    remoteAddress: undefined,
    secure: true,
  })
}

async function ownerId(): Promise<string> {
  const { userId } = await running.system.accounts.signIn({
    email: 'ada@example.org',
    password: 'correct horse battery',
    remoteAddress: '127.0.0.1',
  })
  return userId
}

const put = (Key: string, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: `body of ${Key}`, ...more }))
const text = async (Key: string) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString()
const underIt = () => ({ ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: keyId })

test('objects are written, read and copied under it, before and after a rotation', async () => {
  await put('before', underIt())
  await run('RotateKeyOnDemand', { keyId })
  await put('after', underIt())
  expect(await text('before')).toBe('body of before')
  expect(await text('after')).toBe('body of after')
  await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/before`, ...underIt() }))
  expect(await text('copy')).toBe('body of before')
  expect(vault.keys.get(`coffer-${keyId}`)!.versions).toHaveLength(2)
  expect((await run('DescribeKey', { keyId, grantTokens: [] })).provider).toBe('head-office')
})

test('the key API encrypts and decrypts under it', async () => {
  const EncryptionContext = { team: 'a' }
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({ KeyId: 'alias/elsewhere', Plaintext: Buffer.from('short'), EncryptionContext }),
  )
  const { Plaintext } = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }))
  expect(Buffer.from(Plaintext!).toString()).toBe('short')
  await expect(kms.send(new DecryptCommand({ CiphertextBlob }))).rejects.toThrow()
})

test('the key API makes keys there, as in a custom key store', async () => {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ CustomKeyStoreId: 'head-office' }))
  expect(KeyMetadata!.CustomKeyStoreId).toBe('head-office')
  expect(vault.keys.has(`coffer-${KeyMetadata!.KeyId}`)).toBe(true)
  await expect(kms.send(new CreateKeyCommand({ CustomKeyStoreId: 'nowhere' }))).rejects.toThrow()
})

test('material is not imported into it', async () => {
  await expect(
    run('CreateKey', {
      spec: 'AES_256',
      origin: 'EXTERNAL',
      description: '',
      tags: [],
      policy: undefined,
      alias: undefined,
      provider: 'head-office',
    }),
  ).rejects.toMatchObject({ code: 'InvalidArgument' })
})

test('while its service is away it fails closed, and everything else lives', async () => {
  await put('plain')
  await put('own', { ServerSideEncryption: 'aws:kms' })
  await put('theirs', underIt())
  expect(running.system.keyServices()).toMatchObject([{ name: 'head-office', since: undefined }])
  vault.status = 503
  const away = { $metadata: { httpStatusCode: 503 } }
  await expect(text('theirs')).rejects.toMatchObject(away)
  await expect(put('more', underIt())).rejects.toMatchObject(away)
  await put('plain-2')
  await put('own-2', { ServerSideEncryption: 'aws:kms' })
  for (const Key of ['plain', 'plain-2', 'own', 'own-2']) expect(await text(Key)).toBe(`body of ${Key}`)
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'plain' }))).ContentLength).toBeGreaterThan(0)
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 't' }))
  expect(Contents!.map(({ Key }) => Key)).toEqual(['theirs'])
  const [service] = running.system.keyServices()
  expect(service!.since).toBeGreaterThan(0)
  vault.status = undefined
  expect(await text('theirs')).toBe('body of theirs')
  expect(running.system.keyServices()).toMatchObject([{ since: undefined }])
})
