import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bucketName, expect, test } from '../fixtures.ts'
import { command } from './command.ts'

test('boto3: put, get, parts, copies, links, pages and refusals, in every mode', async ({
  coffer,
  credentials,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-boto3-'))
  const { keyId, arn } = await coffer.projectKey()
  const python = command('COFFER_TEST_PYTHON', '/usr/bin/python3', folder, {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    PYTHONDONTWRITEBYTECODE: '1',
  })
  const program = join(import.meta.dirname, 'python', 's3.py')
  const printed = await python(program, coffer.objectUrl, bucketName('boto3'), keyId, folder)
  expect(JSON.parse(printed)).toEqual({
    found: {
      none: {},
      AES256: { ServerSideEncryption: 'AES256' },
      'aws:kms': { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: arn },
      customer: {
        SSECustomerAlgorithm: 'AES256',
        SSECustomerKeyMD5: expect.stringMatching(/^[\w+/]{22}==$/),
      },
    },
    refused: ['NoSuchKey', '404', 'InvalidRequest', 'BucketNotEmpty', 'KMS.NotFoundException'],
  })
  rmSync(folder, { recursive: true })
})
