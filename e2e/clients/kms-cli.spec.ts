import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Coffer, Credentials } from '../coffer.ts'
import { bucketName, expect, test } from '../fixtures.ts'
import { awsCommand } from './aws-command.ts'

let folder = ''
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-kms-cli-'))
})
test.afterEach(() => rmSync(folder, { recursive: true, force: true }))

type Json = Record<string, unknown>

/** `aws kms …` with its answer read as JSON. Binary goes in as files: the two versions of the CLI differ on text. */
function kmsCommand(coffer: Coffer, credentials: Credentials) {
  const aws = awsCommand(coffer, credentials, folder)
  return async (...args: string[]): Promise<Json> => {
    const out = await aws('kms', ...args, '--output', 'json')
    return out.trim() === '' ? {} : (JSON.parse(out) as Json)
  }
}

const file = (name: string, content: string | Buffer): string => {
  writeFileSync(join(folder, name), content)
  return `fileb://${name}`
}
const bytes = (base64: unknown): Buffer => Buffer.from(base64 as string, 'base64')

test('a key from its creation to its scheduled deletion', async ({ coffer, credentials }) => {
  test.setTimeout(240_000)
  const kms = kmsCommand(coffer, credentials)
  const aws = awsCommand(coffer, credentials, folder)
  const created = await kms('create-key', '--description', 'by hand', '--tags', 'TagKey=team,TagValue=optics')
  const { KeyId, Arn } = created['KeyMetadata'] as { KeyId: string; Arn: string }
  const key = ['--key-id', KeyId]
  await kms('create-alias', '--alias-name', 'alias/by-hand', '--target-key-id', KeyId)
  expect(await aws('kms', 'list-aliases', ...key, '--output', 'text')).toContain('alias/by-hand')
  expect(await aws('kms', 'list-keys', '--output', 'text')).toContain(Arn)
  expect(await aws('kms', 'list-keys', '--page-size', '1', '--output', 'text')).toContain(Arn)
  expect(await aws('kms', 'list-resource-tags', ...key, '--output', 'text')).toContain('optics')

  const plaintext = file('plain', 'by hand')
  const context = ['--encryption-context', '{"team":"optics","部門":"光學"}']
  const encrypted = await kms('encrypt', '--key-id', 'alias/by-hand', '--plaintext', plaintext, ...context)
  const blob = file('blob', bytes(encrypted['CiphertextBlob']))
  const decrypted = await kms('decrypt', '--ciphertext-blob', blob, ...context)
  expect(bytes(decrypted['Plaintext']).toString()).toBe('by hand')
  await expect(kms('decrypt', '--ciphertext-blob', blob)).rejects.toThrow(/InvalidCiphertextException/)
  const dataKey = await kms('generate-data-key', ...key, '--key-spec', 'AES_256')
  expect(bytes(dataKey['Plaintext'])).toHaveLength(32)
  const random = await kms('generate-random', '--number-of-bytes', '16')
  expect(bytes(random['Plaintext'])).toHaveLength(16)

  const bucket = bucketName('kms-cli')
  const object = ['--bucket', bucket, '--key', 'report']
  await aws('s3', 'mb', `s3://${bucket}`)
  const under = ['--server-side-encryption', 'aws:kms', '--ssekms-key-id', 'alias/by-hand']
  await aws('s3api', 'put-object', ...object, '--body', 'plain', ...under)
  await kms('disable-key', ...key)
  await expect(aws('s3api', 'get-object', ...object, 'out')).rejects.toThrow(/KMS.DisabledException/)
  await expect(kms('encrypt', ...key, '--plaintext', plaintext)).rejects.toThrow(/DisabledException/)
  await kms('enable-key', ...key)
  await aws('s3api', 'get-object', ...object, 'out')
  expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('by hand')

  // Debian's CLI (2.9) is older than periods and rotations on demand: kms-sdk.spec.ts has those.
  await kms('enable-key-rotation', ...key)
  expect(await kms('get-key-rotation-status', ...key)).toMatchObject({ KeyRotationEnabled: true })
  expect(bytes((await kms('decrypt', '--ciphertext-blob', blob, ...context))['Plaintext']).toString()).toBe(
    'by hand',
  )

  const { Policy } = (await kms('get-key-policy', ...key, '--policy-name', 'default')) as { Policy: string }
  await kms('put-key-policy', ...key, '--policy-name', 'default', '--policy', Policy)

  await expect(kms('schedule-key-deletion', ...key)).rejects.toThrow(/KMSInvalidStateException/)
  await aws('s3', 'rm', `s3://${bucket}/report`)
  const scheduled = await kms('schedule-key-deletion', ...key, '--pending-window-in-days', '7')
  expect(scheduled).toMatchObject({ KeyState: 'PendingDeletion', PendingWindowInDays: 7 })
  await kms('cancel-key-deletion', ...key)
  expect((await kms('describe-key', ...key))['KeyMetadata']).toMatchObject({ KeyState: 'Disabled' })
  await kms('delete-alias', '--alias-name', 'alias/by-hand')
  await expect(kms('describe-key', '--key-id', 'alias/by-hand')).rejects.toThrow(/NotFoundException/)
})

test('import of material wrapped by hand, and grants', async ({ coffer, credentials }) => {
  test.setTimeout(180_000)
  const kms = kmsCommand(coffer, credentials)
  const created = await kms('create-key', '--origin', 'EXTERNAL')
  const { KeyId, Arn } = created['KeyMetadata'] as { KeyId: string; Arn: string }
  const key = ['--key-id', KeyId]
  const wrapping = ['--wrapping-algorithm', 'RSAES_OAEP_SHA_256', '--wrapping-key-spec', 'RSA_3072']
  const parameters = await kms('get-parameters-for-import', ...key, ...wrapping)
  const publicKey = createPublicKey({ key: bytes(parameters['PublicKey']), format: 'der', type: 'spki' })
  expect(publicKey.asymmetricKeyDetails?.modulusLength).toBe(3072)
  const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
  const wrapped = publicEncrypt({ key: publicKey, ...padding }, randomBytes(32))
  const material = ['--encrypted-key-material', file('wrapped', wrapped)]
  const token = ['--import-token', file('token', bytes(parameters['ImportToken']))]
  const expiry = ['--expiration-model', 'KEY_MATERIAL_EXPIRES', '--valid-to', '2099-01-02T03:04:05Z']
  await kms('import-key-material', ...key, ...material, ...token, ...expiry)
  expect((await kms('describe-key', ...key))['KeyMetadata']).toMatchObject({
    KeyState: 'Enabled',
    ExpirationModel: 'KEY_MATERIAL_EXPIRES',
  })
  await kms('delete-imported-key-material', ...key)
  expect((await kms('describe-key', ...key))['KeyMetadata']).toMatchObject({ KeyState: 'PendingImport' })
  const forever = ['--expiration-model', 'KEY_MATERIAL_DOES_NOT_EXPIRE']
  await kms('import-key-material', ...key, ...material, ...token, ...forever)

  const members = await coffer.request('GET', `/api/members?project=${coffer.projectId}`)
  const [me] = ((await members.json()) as { members: { userId: string }[] }).members
  const principal = ['--grantee-principal', `arn:aws:iam::${Arn.split(':')[4]}:user/${me!.userId}`]
  const grant = await kms('create-grant', ...key, ...principal, '--operations', 'Decrypt', 'DescribeKey')
  const listed = await kms('list-grants', ...key)
  expect(listed['Grants']).toMatchObject([
    { GrantId: grant['GrantId'], Operations: ['Decrypt', 'DescribeKey'] },
  ])
  await kms('revoke-grant', ...key, '--grant-id', grant['GrantId'] as string)
  expect((await kms('list-grants', ...key))['Grants']).toEqual([])
})
