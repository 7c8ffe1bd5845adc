import * as K from '@aws-sdk/client-kms'
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Coffer } from '../coffer.ts'
import { expect, s3Client, test } from '../fixtures.ts'
import { customerKey } from './modes.ts'

/** Headers that carry a secret, a signature or something that opens something, of every dialect. */
const SECRET_HEADERS = [
  'authorization',
  'cookie',
  'proxy-authorization',
  'x-amz-security-token',
  'x-amz-signature',
  'x-amz-content-sha256',
  'x-amz-server-side-encryption-customer-key',
  'x-amz-server-side-encryption-customer-key-md5',
  'x-amz-copy-source-server-side-encryption-customer-key',
  'x-amz-copy-source-server-side-encryption-customer-key-md5',
  'x-cos-security-token',
  'x-cos-server-side-encryption-customer-key',
  'x-cos-copy-source-server-side-encryption-customer-key',
  'x-oss-security-token',
  'x-oss-server-side-encryption-key',
]
/** Parameters of signed links, and tokens. */
const SECRET_PARAMETERS = [
  'X-Amz-Signature',
  'X-Amz-Security-Token',
  'Signature',
  'q-signature',
  'token',
  'security-token',
]
/** Fields of forms and of the key API. */
const SECRET_FIELDS = [
  'password',
  'token',
  'secretAccessKey',
  'Plaintext',
  'CiphertextBlob',
  'SourceCiphertextBlob',
  'ImportToken',
  'EncryptedKeyMaterial',
  'encryptedKeyMaterial',
  'importToken',
  'GrantTokens',
  'GrantToken',
]

const FORMS: [string, string][] = [
  ['POST', '/api/session'],
  ['POST', '/api/welcome'],
  ['POST', '/api/invitation'],
  ['POST', '/api/access-keys'],
  ['POST', '/api/keys'],
]
const KMS_CALLS = ['Encrypt', 'Decrypt', 'ReEncrypt', 'ImportKeyMaterial', 'RetireGrant', 'NoSuchOperation']

let planted: Map<string, string>
/** A fresh marker; base64 and hexadecimal digits at once, so that every parser may go far with it. */
function marker(what: string): string {
  const value = randomBytes(32).toString('hex')
  planted.set(what, value)
  return value
}

function everythingKept(coffer: Coffer): [string, string][] {
  const files = readdirSync(coffer.dataDir, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  const contents = files.map((entry): [string, string] => {
    const path = join(entry.parentPath, entry.name)
    return [path, readFileSync(path).toString('latin1')]
  })
  return [...contents, ['log', coffer.log]]
}

async function send(url: string, init: RequestInit): Promise<void> {
  const response = await fetch(url, init)
  await response.arrayBuffer()
}

test('no secret of a header, a parameter, a form field or a body that fails reaches a log, the audit log or the disk', async () => {
  test.setTimeout(120_000)
  planted = new Map()
  const coffer = await Coffer.start()
  try {
    await coffer.makeAdministrator()
    const credentials = await coffer.accessKey()
    const s3 = s3Client(coffer, credentials)
    const kms = new K.KMSClient({
      endpoint: coffer.objectUrl,
      region: 'us-east-1',
      credentials,
      maxAttempts: 1,
    })
    await s3.send(new CreateBucketCommand({ Bucket: 'marked' }))

    const signed = (signature: string) =>
      `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`
    for (const base of [coffer.objectUrl, coffer.consoleUrl]) {
      for (const path of ['/marked/key', '/marked', '/api/me', '/']) {
        for (const method of ['GET', 'PUT']) {
          for (const name of SECRET_HEADERS) {
            const value = marker(`${name} of ${method} ${path}`)
            const headers = { [name]: name === 'authorization' ? signed(value) : value }
            await send(base + path, { method, headers })
          }
          for (const name of SECRET_PARAMETERS)
            await send(`${base}${path}?${name}=${marker(`?${name} of ${method} ${path}`)}`, { method })
        }
      }
    }

    for (const [method, path] of FORMS)
      for (const name of SECRET_FIELDS) {
        const value = marker(`field ${name} of ${path}`)
        const whole = JSON.stringify({ email: 'ada@example.org', name: 'x', [name]: value })
        for (const body of [whole, whole.slice(0, -1), JSON.stringify({ email: value, [name]: [value] })])
          await send(coffer.consoleUrl + path, {
            method,
            headers: { origin: coffer.consoleUrl, cookie: coffer.cookie, 'content-type': 'application/json' },
            body,
          })
      }
    for (const call of KMS_CALLS)
      for (const name of SECRET_FIELDS) {
        const whole = JSON.stringify({
          KeyId: 'alias/aws/s3',
          [name]: marker(`field ${name} of kms ${call}`),
        })
        for (const body of [whole, whole.slice(0, -2)])
          await send(coffer.objectUrl, {
            method: 'POST',
            headers: { 'x-amz-target': `TrentService.${call}`, 'content-type': 'application/x-amz-json-1.1' },
            body,
          })
      }

    // Signed well, and refused or answered by the store itself.
    const wrong = customerKey()
    const right = customerKey()
    for (const [what, key] of Object.entries({ wrong, right })) {
      planted.set(`${what} customer key`, key.SSECustomerKey)
      planted.set(`${what} customer key, its MD5`, key.SSECustomerKeyMD5)
    }
    await s3.send(new PutObjectCommand({ Bucket: 'marked', Key: 'own', Body: 'x', ...right }))
    await expect(s3.send(new GetObjectCommand({ Bucket: 'marked', Key: 'own', ...wrong }))).rejects.toThrow()
    await expect(s3.send(new HeadObjectCommand({ Bucket: 'marked', Key: 'own', ...wrong }))).rejects.toThrow()
    await s3.send(new GetObjectCommand({ Bucket: 'marked', Key: 'own', ...right }))
    // No secret: the name of an object under a key is what the log is for, and shows that the search finds.
    const control = randomBytes(16).toString('hex')
    await s3.send(
      new PutObjectCommand({ Bucket: 'marked', Key: control, Body: 'x', ServerSideEncryption: 'aws:kms' }),
    )
    const { KeyId } = await coffer.projectKey().then(({ keyId }) => ({ KeyId: keyId }))
    const words = marker('plaintext of Encrypt')
    const { CiphertextBlob } = await kms.send(new K.EncryptCommand({ KeyId, Plaintext: Buffer.from(words) }))
    planted.set('ciphertext', Buffer.from(CiphertextBlob!).toString('base64'))
    await kms.send(new K.DecryptCommand({ CiphertextBlob }))
    const { Plaintext } = await kms.send(new K.GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }))
    planted.set('data key', Buffer.from(Plaintext!).toString('latin1'))
    planted.set('data key in base64', Buffer.from(Plaintext!).toString('base64'))
    const token = marker('grant token')
    await expect(
      kms.send(
        new K.EncryptCommand({ KeyId: 'alias/none', Plaintext: Buffer.from(words), GrantTokens: [token] }),
      ),
    ).rejects.toThrow()
    planted.set('secret access key', credentials.secretAccessKey)
    planted.set('session cookie', coffer.cookie.split('=')[1] ?? 'absent')

    const page = await (
      await coffer.request('GET', `/api/audit?project=${coffer.projectId}&limit=1000`)
    ).text()
    const whole = `/api/audit/export?project=${coffer.projectId}&format=`
    const exports = await Promise.all(
      ['ndjson', 'csv'].map(async (format) => (await coffer.request('GET', whole + format)).text()),
    )
    // The log is there, and knows of what was done.
    expect(page).toContain('kms:GenerateDataKey')
    expect(exports[0]).toContain('coffer:SignIn')
    s3.destroy()
    kms.destroy()
    await coffer.stop()

    const kept = [
      ...everythingKept(coffer),
      ['audit page', page],
      ['NDJSON', exports[0]],
      ['CSV', exports[1]],
    ]
    const found = kept.flatMap(([place, content]) =>
      [...planted].filter(([, value]) => content!.includes(value)).map(([what]) => `${what} in ${place}`),
    )
    expect(found).toEqual([])
    expect(planted.size).toBeGreaterThan(300)
    const places = kept.filter(([, content]) => content!.includes(control)).map(([place]) => place)
    expect(places).toEqual(expect.arrayContaining(['audit page', 'NDJSON', 'CSV']))
    expect(places.some((place) => place!.includes('coffer.db'))).toBe(true)
  } finally {
    await coffer.destroy()
  }
})
