import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Caller } from '../../store/model.ts'
import { HttpRequest } from '../http/request.ts'
import { describeOperation } from '../testing/describe-operation.ts'
import { rawRequest, type RequestParts } from '../testing/raw-request.ts'
import { createCosDialect } from './dialect.ts'

/**
 * Requests as clients that do not run here send them: written after the sources of the Python and Go SDKs and of COSCLI,
 * signed by an implementation in Python that shares nothing with ours, with the key pair of Tencent's own pages.
 */
interface Golden {
  client: string
  /** s since the epoch */
  time: number
  request: { method: string; url: string; headers: Record<string, string>; body?: string }
  operation: unknown
}

const directory = new URL('./golden/', import.meta.url)
const goldens = readdirSync(directory).map((file) => ({
  file,
  golden: JSON.parse(readFileSync(new URL(file, directory), 'utf8')) as Golden,
}))

const caller: Caller & { kind: 'member' } = {
  kind: 'member',
  userId: 'u',
  projectId: 'p',
  role: 'owner',
  account: '111122223333',
}

async function understand(golden: Golden, changes: RequestParts = {}): Promise<unknown> {
  const { method, url, headers, body } = golden.request
  const dialect = createCosDialect({
    accounts: {
      credentials: async (accessKeyId) =>
        accessKeyId === 'AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q'
          ? { secretAccessKey: 'BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz', caller }
          : undefined,
    },
    objectDomains: [],
    cosDomains: [],
    now: () => golden.time * 1000,
  })
  const request = new HttpRequest(rawRequest({ method, rawUrl: url, headers, body, ...changes }))
  expect(dialect.recognise(request)).toBe(true)
  const command = await dialect.parse(request, await dialect.authenticate(request))
  return describeOperation(command.operation)
}
const refusedAs = (code: string): unknown => expect.objectContaining({ code })

describe.each(goldens)('$file', ({ golden }) => {
  test('is authentic and means its operation', async () => {
    expect(await understand(golden)).toEqual(golden.operation)
  })

  test('is refused for another path, another method and another host', async () => {
    const { method, url, headers } = golden.request
    const wrong = refusedAs('SignatureDoesNotMatch')
    await expect(understand(golden, { rawUrl: url.replace(/^[^?]*/, '$&x') })).rejects.toEqual(wrong)
    await expect(understand(golden, { method: method === 'GET' ? 'PUT' : 'GET' })).rejects.toEqual(wrong)
    const host = 'other-1250000000.cos.ap-guangzhou.myqcloud.com'
    await expect(understand(golden, { headers: { ...headers, host } })).rejects.toEqual(wrong)
  })

  test('is refused with a header of COS added', async () => {
    for (const name of [
      'x-cos-copy-source',
      'x-cos-server-side-encryption',
      'x-cos-acl',
      'x-cos-meta-added',
    ]) {
      if (golden.request.headers[name] !== undefined) continue
      const headers = { ...golden.request.headers, [name]: 'x' }
      await expect(understand(golden, { headers }), name).rejects.toEqual(refusedAs('UnsignedHeaders'))
    }
  })
})
