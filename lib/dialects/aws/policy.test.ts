import * as S3 from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startSystem, type RunningSystem } from '../testing/running-system.ts'

/** Bucket policies through the whole pipeline: the AWS SDK, HTTP, SQLite, and nobody at all. */
let running: RunningSystem
let s3: S3.S3Client
const Bucket = 'policy-suite'
const origin = () => `http://127.0.0.1:${running.port}/${Bucket}`

beforeAll(async () => {
  running = await startSystem({ COFFER_PUBLIC_ACCESS: 'allowed' })
  s3 = new S3.S3Client({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${running.port}`,
    forcePathStyle: true,
    credentials: running.credentials,
  })
  await s3.send(new S3.CreateBucketCommand({ Bucket }))
  await s3.send(new S3.PutObjectCommand({ Bucket, Key: 'open/a', Body: 'open' }))
  await s3.send(new S3.PutObjectCommand({ Bucket, Key: 'closed', Body: 'closed' }))
  const kms = { ServerSideEncryption: 'aws:kms' } as const
  await s3.send(new S3.PutObjectCommand({ Bucket, Key: 'open/kms', Body: 'sealed', ...kms }))
})
afterEach(() => s3.send(new S3.DeleteBucketPolicyCommand({ Bucket })))
afterAll(async () => {
  expect(running.faults).toEqual([])
  await running.stop()
})

const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })
const set = (Policy: string) => s3.send(new S3.PutBucketPolicyCommand({ Bucket, Policy }))
const open = (Action: string, Resource: string) => ({ Effect: 'Allow', Principal: '*', Action, Resource })

async function failure(work: Promise<unknown>): Promise<{ status: number | undefined; code: string }> {
  try {
    await work
  } catch (error) {
    const { name, $metadata } = error as S3.S3ServiceException
    return { status: $metadata.httpStatusCode, code: name }
  }
  throw new Error('it succeeded')
}

it('is put, read as it was written, judged and deleted', async () => {
  const absent = { status: 404, code: 'NoSuchBucketPolicy' }
  const get = () => s3.send(new S3.GetBucketPolicyCommand({ Bucket }))
  const status = () => s3.send(new S3.GetBucketPolicyStatusCommand({ Bucket }))
  expect(await failure(get())).toEqual(absent)
  expect(await failure(status())).toEqual(absent)
  const written = policy(open('s3:GetObject', `arn:aws:s3:::${Bucket}/open/*`))
  expect((await set(written)).$metadata.httpStatusCode).toBe(204)
  expect((await get()).Policy).toBe(written)
  expect((await status()).PolicyStatus).toEqual({ IsPublic: true })
  await s3.send(new S3.DeleteBucketPolicyCommand({ Bucket }))
  expect(await failure(get())).toEqual(absent)
})

it.each([
  ['nonsense', 'nonsense'],
  ['another bucket', policy(open('s3:GetObject', 'arn:aws:s3:::other/*'))],
  [
    'an unknown condition',
    policy({ ...open('s3:*', `arn:aws:s3:::${Bucket}`), Condition: { Is: { 's3:prefix': 'a' } } }),
  ],
  ['one byte more than 20 KB', policy(open('s3:*', `arn:aws:s3:::${Bucket}`)).padEnd(20 * 1024 + 1)],
])('%s is malformed', async (_, text) => {
  expect(await failure(set(text))).toEqual({ status: 400, code: 'MalformedPolicy' })
})

it.each(['Content-MD5', 'x-amz-checksum-crc32'])(
  'a body that is not the one of its %s is refused',
  async (name) => {
    const text = policy(open('s3:*', `arn:aws:s3:::${Bucket}`))
    const wrong = name === 'Content-MD5' ? createHash('md5').update('x').digest('base64') : 'AAAAAA=='
    const command = new S3.PutBucketPolicyCommand({ Bucket, Policy: text })
    command.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { headers: Record<string, string> }
        const others = Object.entries(request.headers).filter(
          ([header]) => !/checksum|content-md5/i.test(header),
        )
        request.headers = { ...Object.fromEntries(others), [name.toLowerCase()]: wrong }
        return next(args)
      },
      { step: 'build', priority: 'low' },
    )
    expect(await failure(s3.send(command))).toEqual({ status: 400, code: 'BadDigest' })
  },
)

describe('anybody', () => {
  it('reads what a policy opens, and no more', async () => {
    const get = async (key: string) => (await fetch(`${origin()}/${key}`)).status
    expect(await get('open/a')).toBe(403)
    await set(policy(open('s3:GetObject', `arn:aws:s3:::${Bucket}/open/*`)))
    const answer = await fetch(`${origin()}/open/a`)
    expect([answer.status, await answer.text()]).toEqual([200, 'open'])
    expect(await get('closed')).toBe(403)
    expect(await get('open/absent')).toBe(403)
    expect((await fetch(origin())).status).toBe(403)
    expect((await fetch(`${origin()}/open/new`, { method: 'PUT', body: 'x' })).status).toBe(403)
  })

  it('never reads what lies under a managed key', async () => {
    await set(policy(open('s3:*', `arn:aws:s3:::${Bucket}/*`)))
    const answer = await fetch(`${origin()}/open/kms`)
    // as S3 says it
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('<Code>InvalidArgument</Code>')
  })
})

it('a refusal says no more on the wire than that it is one', async () => {
  const statement = { Sid: 'TopSecretRule', Effect: 'Deny', Principal: '*', Action: 's3:GetObject' }
  await set(policy({ ...statement, Resource: `arn:aws:s3:::${Bucket}/*` }))
  const signed = await getSignedUrl(s3, new S3.GetObjectCommand({ Bucket, Key: 'closed' }))
  const seen = await Promise.all([signed, `${origin()}/closed`].map(async (url) => (await fetch(url)).text()))
  for (const text of seen) {
    expect(text).toContain('<Code>AccessDenied</Code>')
    expect(text).not.toMatch(/TopSecretRule|bucket-policy|s3:GetObject|arn:aws/)
  }
})
