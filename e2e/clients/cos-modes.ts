import { createHash, randomBytes } from 'node:crypto'

/** Encryption as the SDKs of COS ask for it; plain data, so that it can be sent into a page. */
export interface CosMode {
  name: string
  write: Record<string, string>
  read: Record<string, string>
  /** request headers for what the SDKs have no parameter */
  headers: Record<string, string>
  /** what answers say of it, by the end of the header's name */
  shown: Record<string, string>
  etagIsMd5: boolean
}

const KMS_ALGORITHM = 'x-cos-server-side-encryption-cos-kms-algorithm'

/** Every mode of the API; the texts in the first three are those of the seed's samples. */
export function cosModes(defaultKeyId: string): CosMode[] {
  const base = { read: {}, headers: {}, etagIsMd5: true }
  const kms = (algorithm: string) => ({
    '': 'cos/kms',
    '-cos-kms-key-id': defaultKeyId,
    '-cos-kms-algorithm': algorithm,
  })
  const sample = { SSECustomerKey: 'MDEyMzQ1Njc4OUFCQ0RFRjAxMjM0NTY3ODlBQkNERUY' }
  const key = randomBytes(16)
  const digest = createHash('md5').update(key).digest('base64')
  const sm4 = {
    SSECustomerAlgorithm: 'SM4',
    SSECustomerKey: key.toString('base64'),
    SSECustomerKeyMD5: digest,
  }
  return [
    { ...base, name: 'none', write: {}, shown: {} },
    { ...base, name: 'SSE-COS', write: { ServerSideEncryption: 'AES-256' }, shown: { '': 'AES256' } },
    { ...base, name: 'SSE-COS SM4', write: { ServerSideEncryption: 'SM4' }, shown: { '': 'SM4' } },
    {
      ...base,
      name: 'SSE-KMS',
      write: {
        ServerSideEncryption: 'cos/kms',
        SSEKMSKeyId: defaultKeyId,
        SSEContext: 'eyJhIjoiYXNkZmEiLCJiIjoiMTIzMzIxIn0=',
      },
      shown: kms('AES256'),
      etagIsMd5: false,
    },
    {
      ...base,
      name: 'SSE-KMS SM4',
      write: { ServerSideEncryption: 'cos/kms' },
      headers: { [KMS_ALGORITHM]: 'SM4' },
      shown: kms('SM4'),
      etagIsMd5: false,
    },
    {
      ...base,
      name: 'SSE-C',
      write: sample,
      read: sample,
      shown: { '-customer-algorithm': 'AES256', '-customer-key-md5': 'U5L61r7jcwdNvT7frmUG8g==' },
      etagIsMd5: false,
    },
    {
      ...base,
      name: 'SSE-C SM4',
      write: sm4,
      read: sm4,
      shown: { '-customer-algorithm': 'SM4', '-customer-key-md5': digest },
      etagIsMd5: false,
    },
  ]
}

/** The customer's key again, as a copy names that of its source. */
export function copySourceHeaders(read: Record<string, string>): Record<string, string> {
  const prefix = 'x-cos-copy-source-server-side-encryption-customer'
  const names: Record<string, string> = {
    SSECustomerAlgorithm: '-algorithm',
    SSECustomerKey: '-key',
    SSECustomerKeyMD5: '-key-MD5',
  }
  return Object.fromEntries(Object.entries(read).map(([name, value]) => [prefix + names[name], value]))
}

export function shownOf(headers: Record<string, string> = {}): Record<string, string> {
  const prefix = 'x-cos-server-side-encryption'
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  )
}
