import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Caller } from '../../store/model.ts'
import type { Dialect } from '../dialect.ts'
import { parseIsoBasic } from '../http/dates.ts'
import { HttpRequest } from '../http/request.ts'
import type { RawRequest } from '../raw.ts'
import { describeOperation } from '../testing/describe-operation.ts'
import { rawRequest, type RequestParts } from '../testing/raw-request.ts'
import { createAwsDialect } from './dialect.ts'

/**
 * Requests that real clients sent to a recorder, signed with the key pair of AWS's documentation, and the
 * operation each one means. Headers that are neither signed nor read were left out.
 */
interface Golden {
  client: string
  request: { method: string; url: string; headers: Record<string, string>; body?: string }
  operation: unknown
}

const directory = new URL('./golden/', import.meta.url)
const goldens = readdirSync(directory)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({ file, golden: JSON.parse(readFileSync(new URL(file, directory), 'utf8')) as Golden }))

const caller: Caller & { kind: 'member' } = {
  kind: 'member',
  userId: 'u',
  projectId: 'p',
  role: 'owner',
  account: '111122223333',
}

function dialectAt(request: RawRequest): Dialect {
  const date = request.headers['x-amz-date'] ?? /X-Amz-Date=(\w+)/.exec(request.rawUrl)![1]!
  return createAwsDialect({
    accounts: {
      credentials: async (accessKeyId) =>
        accessKeyId === 'AKIAIOSFODNN7EXAMPLE'
          ? { secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', caller }
          : undefined,
    },
    region: 'us-east-1',
    objectDomains: [],
    now: () => parseIsoBasic(date)!,
  })
}

async function understand(raw: RawRequest): Promise<unknown> {
  const dialect = dialectAt(raw)
  const request = new HttpRequest(raw)
  expect(dialect.recognise(request)).toBe(true)
  const command = await dialect.parse(request, await dialect.authenticate(request))
  return describeOperation(command.operation)
}

function rawOf({ request: { method, url, headers, body } }: Golden, changes: RequestParts = {}): RawRequest {
  return rawRequest({ method, rawUrl: url, headers, body, ...changes })
}

const refusedAs = (code: string): unknown => expect.objectContaining({ name: 'StoreError', code })

describe.each(goldens)('$file', ({ golden }) => {
  it('is authentic and means its operation', async () => {
    expect(await understand(rawOf(golden))).toEqual(golden.operation)
  })

  it('is refused for another path, another query and another method', async () => {
    const { method, url } = golden.request
    await expect(understand(rawOf(golden, { rawUrl: url.replace(/^[^?]*/, '$&x') }))).rejects.toEqual(
      refusedAs('SignatureDoesNotMatch'),
    )
    await expect(
      understand(rawOf(golden, { rawUrl: `${url}${url.includes('?') ? '&' : '?'}versionId=1` })),
    ).rejects.toEqual(refusedAs('SignatureDoesNotMatch'))
    await expect(understand(rawOf(golden, { method: method === 'GET' ? 'PUT' : 'GET' }))).rejects.toEqual(
      refusedAs('SignatureDoesNotMatch'),
    )
  })

  it('is refused with an x-amz header added', async () => {
    for (const name of [
      'x-amz-copy-source',
      'x-amz-server-side-encryption',
      'x-amz-acl',
      'x-amz-meta-added',
      'x-amz-tagging-directive',
    ]) {
      if (golden.request.headers[name] !== undefined) continue
      const headers = { ...golden.request.headers, [name]: '/other/secret' }
      await expect(understand(rawOf(golden, { headers })), name).rejects.toEqual(refusedAs('UnsignedHeaders'))
    }
  })
})

const hashed = goldens.filter(
  ({ golden: { request } }) =>
    request.body !== undefined && /^[0-9a-f]{64}$/.test(request.headers['x-amz-content-sha256'] ?? ''),
)

it.each(hashed)('$file is refused with another body', async ({ golden }) => {
  await expect(understand(rawOf(golden, { body: `${golden.request.body!.slice(0, -1)}!` }))).rejects.toEqual(
    refusedAs('ContentSha256Mismatch'),
  )
})
