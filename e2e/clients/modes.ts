import { createHash, randomBytes } from 'node:crypto'

/** Encryption as an S3 client asks for it; `read` is what reading the object needs. */
export interface Mode {
  name: string
  write: Record<string, unknown>
  read: Record<string, unknown>
  /** response fields that must show the mode */
  shown: Record<string, unknown>
}

export interface ProjectKey {
  keyId: string
  arn: string
  aliases: string[]
}

/** SSE-C as the SDK takes it. */
export function customerKey(key: Buffer = randomBytes(32)) {
  return {
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: key.toString('base64'),
    SSECustomerKeyMD5: createHash('md5').update(key).digest('base64'),
  }
}

/** Every mode of the S3 API, with the project's key named in each way clients name it. */
export function modesOf({ keyId, arn, aliases }: ProjectKey): Mode[] {
  const kms = (name: string, more: Record<string, unknown>): Mode => ({
    name,
    write: { ServerSideEncryption: 'aws:kms', ...more },
    read: {},
    shown: { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: arn },
  })
  const own = customerKey()
  return [
    {
      name: 'none',
      write: {},
      read: {},
      shown: { ServerSideEncryption: undefined, SSECustomerAlgorithm: undefined },
    },
    {
      name: 'SSE-S3',
      write: { ServerSideEncryption: 'AES256' },
      read: {},
      shown: { ServerSideEncryption: 'AES256' },
    },
    kms('SSE-KMS, default key', {}),
    kms('SSE-KMS, bare key ID', { SSEKMSKeyId: keyId }),
    kms('SSE-KMS, ARN', { SSEKMSKeyId: arn }),
    kms('SSE-KMS, alias', { SSEKMSKeyId: aliases[0] }),
    kms('SSE-KMS, context', {
      SSEKMSEncryptionContext: Buffer.from('{"team":"optics","run":"7"}').toString('base64'),
    }),
    {
      name: 'SSE-C',
      write: own,
      read: own,
      shown: { SSECustomerAlgorithm: 'AES256', SSECustomerKeyMD5: own.SSECustomerKeyMD5 },
    },
  ]
}
