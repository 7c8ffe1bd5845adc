import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bucketName, expect, test } from '../fixtures.ts'
import { awsCommand } from './aws-command.ts'

let folder = ''
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-cli-'))
})
test.afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('aws s3: make a bucket, copy up and down in every mode, list, remove', async ({
  coffer,
  credentials,
}) => {
  test.setTimeout(180_000)
  const aws = awsCommand(coffer, credentials, folder)
  const bucket = bucketName('cli')
  const { keyId, arn } = await coffer.projectKey()
  // 18 MiB: the CLI sends three parts of 8 MiB at most.
  const content = randomBytes(18 * 2 ** 20)
  writeFileSync(join(folder, 'in.bin'), content)
  writeFileSync(join(folder, 'customer.key'), randomBytes(32))
  await aws('s3', 'mb', `s3://${bucket}`)
  const customer = ['--sse-c', 'AES256', '--sse-c-key', 'fileb://customer.key']
  const modes: [string, string[], string[]][] = [
    ['plain', [], []],
    ['sse-s3', ['--sse', 'AES256'], []],
    ['sse-kms', ['--sse', 'aws:kms'], []],
    ['sse-kms-id', ['--sse', 'aws:kms', '--sse-kms-key-id', keyId], []],
    ['sse-c', customer, customer],
  ]
  for (const [name, write, read] of modes) {
    await aws('s3', 'cp', '--no-progress', 'in.bin', `s3://${bucket}/${name}/in.bin`, ...write)
    await aws('s3', 'cp', '--no-progress', `s3://${bucket}/${name}/in.bin`, 'out.bin', ...read)
    expect(readFileSync(join(folder, 'out.bin')).equals(content)).toBe(true)
  }
  const head = JSON.parse(
    await aws('s3api', 'head-object', '--bucket', bucket, '--key', 'sse-kms-id/in.bin'),
  ) as Record<string, unknown>
  expect(head).toMatchObject({
    ServerSideEncryption: 'aws:kms',
    SSEKMSKeyId: arn,
    ContentLength: content.length,
  })
  expect(await aws('s3', 'ls', `s3://${bucket}`)).toContain('PRE sse-c/')
  await aws(
    's3',
    'cp',
    '--no-progress',
    `s3://${bucket}/plain/in.bin`,
    `s3://${bucket}/copied.bin`,
    '--sse',
    'aws:kms',
  )
  await aws('s3', 'sync', '--no-progress', `s3://${bucket}/sse-s3`, 'synced')
  expect(readFileSync(join(folder, 'synced', 'in.bin')).equals(content)).toBe(true)
  expect(await aws('s3', 'sync', '--no-progress', `s3://${bucket}/sse-s3`, 'synced')).toBe('')
  await aws('s3', 'rm', '--recursive', `s3://${bucket}`)
  await aws('s3', 'rb', `s3://${bucket}`)
})

test('the self-copy that encrypts an object in place', async ({ coffer, credentials }) => {
  const aws = awsCommand(coffer, credentials, folder)
  const bucket = bucketName('cli')
  writeFileSync(join(folder, 'note.txt'), 'not yet encrypted')
  await aws('s3', 'mb', `s3://${bucket}`)
  await aws('s3', 'cp', '--no-progress', 'note.txt', `s3://${bucket}/note.txt`)
  await expect(
    aws('s3', 'cp', '--no-progress', `s3://${bucket}/note.txt`, `s3://${bucket}/note.txt`),
  ).rejects.toThrow(/InvalidRequest/)
  await aws(
    's3',
    'cp',
    '--no-progress',
    `s3://${bucket}/note.txt`,
    `s3://${bucket}/note.txt`,
    '--sse',
    'AES256',
  )
  expect(await aws('s3api', 'head-object', '--bucket', bucket, '--key', 'note.txt')).toContain(
    '"ServerSideEncryption": "AES256"',
  )
})

test('the bucket’s default encryption by put-bucket-encryption', async ({ coffer, credentials }) => {
  const aws = awsCommand(coffer, credentials, folder)
  const bucket = bucketName('cli')
  await aws('s3', 'mb', `s3://${bucket}`)
  await expect(aws('s3api', 'get-bucket-encryption', '--bucket', bucket)).rejects.toThrow(
    /ServerSideEncryptionConfigurationNotFoundError/,
  )
  await aws(
    's3api',
    'put-bucket-encryption',
    '--bucket',
    bucket,
    '--server-side-encryption-configuration',
    '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms"}}]}',
  )
  expect(await aws('s3api', 'get-bucket-encryption', '--bucket', bucket)).toContain('aws:kms')
  writeFileSync(join(folder, 'note.txt'), 'encrypted by default')
  await aws('s3', 'cp', '--no-progress', 'note.txt', `s3://${bucket}/note.txt`)
  expect(await aws('s3api', 'head-object', '--bucket', bucket, '--key', 'note.txt')).toContain(
    '"ServerSideEncryption": "aws:kms"',
  )
})

test('ranges, conditions, tags and parts by s3api', async ({ coffer, credentials }) => {
  test.setTimeout(180_000)
  const aws = awsCommand(coffer, credentials, folder)
  const bucket = bucketName('cli')
  const content = randomBytes(5000)
  writeFileSync(join(folder, 'in.bin'), content)
  await aws('s3', 'mb', `s3://${bucket}`)
  const at = ['--bucket', bucket, '--key', 'dir//a b+%2F健康']
  const encrypted = [
    '--server-side-encryption',
    'aws:kms',
    '--ssekms-encryption-context',
    'eyJ0ZWFtIjoib3B0aWNzIn0=',
  ]
  await aws(
    's3api',
    'put-object',
    ...at,
    '--body',
    'in.bin',
    ...encrypted,
    '--checksum-algorithm',
    'SHA256',
    '--tagging',
    'a=1',
  )
  await aws('s3api', 'get-object', ...at, '--range', 'bytes=10-19', '--checksum-mode', 'ENABLED', 'part.bin')
  expect(readFileSync(join(folder, 'part.bin')).equals(content.subarray(10, 20))).toBe(true)
  // Debian's CLI (2.9) has no conditional writes: aws-sdk.spec.ts has those.
  await expect(aws('s3api', 'get-object', ...at, '--if-match', '"other"', 'part.bin')).rejects.toThrow(
    /PreconditionFailed|Precondition Failed/,
  )
  await aws('s3api', 'put-object-tagging', ...at, '--tagging', 'TagSet=[{Key=b,Value=2}]')
  expect(await aws('s3api', 'get-object-tagging', ...at, '--output', 'text')).toContain('TAGSET\tb\t2')

  const parts = ['--bucket', bucket, '--key', 'parts']
  const { UploadId } = JSON.parse(await aws('s3api', 'create-multipart-upload', ...parts)) as {
    UploadId: string
  }
  const upload = [...parts, '--upload-id', UploadId]
  const { ETag } = JSON.parse(
    await aws('s3api', 'upload-part', ...upload, '--part-number', '1', '--body', 'in.bin'),
  ) as { ETag: string }
  const list = JSON.stringify({ Parts: [{ PartNumber: 1, ETag }] })
  await aws('s3api', 'complete-multipart-upload', ...upload, '--multipart-upload', list)
  await aws('s3', 'cp', '--no-progress', `s3://${bucket}/parts`, 'out.bin')
  expect(readFileSync(join(folder, 'out.bin')).equals(content)).toBe(true)
})
