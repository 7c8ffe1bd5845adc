import { KMSClient, EncryptCommand, DecryptCommand } from '@aws-sdk/client-kms'
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSystem } from '../../dialects/testing/running-system.ts'
import type { RunningSystem } from '../../dialects/testing/running-system.ts'
import { keyProviderConformance } from '../conformance.ts'
import { AwsKms } from './aws-kms.ts'
import type { AwsKmsOptions } from './aws-kms.ts'
import { ExternalKeyProvider } from './external.ts'
import { RemoteError } from './remote-cipher.ts'
import { signPost } from './sigv4-request.ts'

/** The other end is another Coffer, whose key API is tested with the AWS CLI and SDK. */
let peer: RunningSystem
let folder: string
let endpoint: string
let options: AwsKmsOptions
const key = 'alias/coffer/default'
const context = { 'coffer:key': 'k', 'coffer:version': '1' }

beforeAll(async () => {
  peer = await startSystem()
  folder = mkdtempSync(join(tmpdir(), 'coffer-aws-'))
  endpoint = `http://127.0.0.1:${peer.port}`
  const { accessKeyId, secretAccessKey } = peer.credentials
  const credentialsFile = join(folder, 'credentials')
  const text = `[default]\naws_access_key_id = wrong\naws_secret_access_key = wrong\n\n[coffer]\naws_access_key_id=${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`
  writeFileSync(credentialsFile, text, { mode: 0o600 })
  options = {
    endpoint,
    region: 'us-east-1',
    caFile: undefined,
    credentialsFile,
    profile: 'coffer',
    environment: {},
  }
})
afterAll(async () => {
  expect(peer.faults).toEqual([])
  await peer.stop()
  rmSync(folder, { recursive: true })
})

async function failure(work: Promise<unknown>): Promise<{ failure: string; reason: string }> {
  const error: unknown = await work.catch((e: unknown) => e)
  if (!(error instanceof RemoteError)) throw new Error('expected a RemoteError', { cause: error })
  expect(error.message).not.toContain(peer.credentials.secretAccessKey)
  return error
}

keyProviderConformance(
  'a provider over the AWS KMS protocol',
  async () =>
    new ExternalKeyProvider({ name: 'aws', cipher: new AwsKms(options), sharedKey: key, cacheMs: 60_000 }),
)

describe('the client', () => {
  test('understands what @aws-sdk/client-kms seals, and the SDK what it seals', async () => {
    const sdk = new KMSClient({ endpoint, region: 'us-east-1', credentials: peer.credentials })
    const kms = new AwsKms(options)
    const secret = randomBytes(32)
    const bySdk = await sdk.send(
      new EncryptCommand({ KeyId: key, Plaintext: secret, EncryptionContext: context }),
    )
    expect(await kms.decrypt(key, Buffer.from(bySdk.CiphertextBlob!), context)).toEqual(secret)
    const CiphertextBlob = await kms.encrypt(key, secret, context)
    const opened = await sdk.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: context }))
    expect(Buffer.from(opened.Plaintext!)).toEqual(secret)
    sdk.destroy()
  })

  test.each([undefined, 'a-session-token'])(
    'signs as the SDK does, session token %s',
    async (sessionToken) => {
      const credentials = {
        accessKeyId: 'AKIDEXAMPLE',
        secretAccessKey: 'wJalrXUtnFEMI/K7MDENG',
        sessionToken,
      }
      const seen: { headers: Record<string, string>; body: string }[] = []
      const server = createServer((request, response) => {
        let body = ''
        request.on('data', (part) => (body += String(part)))
        request.on('end', () => {
          seen.push({ headers: request.headers as Record<string, string>, body })
          response.end('{}')
        })
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const sdk = new KMSClient({
        endpoint: address,
        region: 'eu-west-1',
        credentials: { ...credentials, ...(sessionToken !== undefined && { sessionToken }) },
      })
      await sdk.send(new DecryptCommand({ CiphertextBlob: randomBytes(8), EncryptionContext: context }))
      const { headers, body } = seen[0]!
      const [, names = ''] = /SignedHeaders=([^,]+)/.exec(headers.authorization!)!
      const ours = ['host', 'x-amz-date', 'x-amz-security-token']
      const others = names.split(';').filter((name) => !ours.includes(name))
      const time = headers['x-amz-date']!.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z')
      const request = {
        host: headers.host!,
        headers: Object.fromEntries(others.map((name) => [name, headers[name]!])),
        body,
        region: 'eu-west-1',
        service: 'kms',
      }
      const signed = signPost(request, credentials, Date.parse(time))
      expect(signed.authorization).toBe(headers.authorization)
      sdk.destroy()
      server.closeAllConnections()
      server.close()
    },
  )

  test('takes credentials from the environment when no file is named', async () => {
    const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = peer.credentials
    const environment = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY }
    const kms = new AwsKms({ ...options, credentialsFile: undefined, environment })
    expect((await kms.encrypt(key, randomBytes(32), context)).length).toBeGreaterThan(32)
    const without = new AwsKms({ ...options, credentialsFile: undefined })
    expect(await failure(without.encrypt(key, randomBytes(32), context))).toMatchObject({
      failure: 'refused',
    })
  })

  test('tells a changed ciphertext from credentials, keys and services that refuse', async () => {
    const kms = new AwsKms(options)
    const sealed = await kms.encrypt(key, randomBytes(32), context)
    const flipped = Buffer.from(sealed)
    flipped[flipped.length - 1]! ^= 1
    expect(await failure(kms.decrypt(key, flipped, context))).toMatchObject({ failure: 'invalid' })
    expect(await failure(kms.decrypt(key, sealed, {}))).toMatchObject({ failure: 'invalid' })
    expect(await failure(kms.encrypt('alias/none', sealed, {}))).toMatchObject({
      reason: 'NotFoundException',
    })
    const stranger = new AwsKms({ ...options, profile: 'default' })
    expect(await failure(stranger.encrypt(key, sealed, {}))).toMatchObject({ failure: 'refused' })
    const lost = new AwsKms({ ...options, profile: 'none' })
    expect(await failure(lost.encrypt(key, sealed, {}))).toMatchObject({ failure: 'refused' })
    const elsewhere = new AwsKms({ ...options, endpoint: 'http://127.0.0.1:1' })
    expect(await failure(elsewhere.encrypt(key, sealed, {}))).toMatchObject({ failure: 'away' })
  })

  test('refuses a credentials file that others may read', async () => {
    const credentialsFile = join(folder, 'open')
    writeFileSync(credentialsFile, '[coffer]\n')
    chmodSync(credentialsFile, 0o644)
    const kms = new AwsKms({ ...options, credentialsFile })
    expect(await failure(kms.encrypt(key, randomBytes(8), {}))).toMatchObject({ failure: 'refused' })
  })
})
