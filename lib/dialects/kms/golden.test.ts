import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseIsoBasic } from '../http/dates.ts'
import { HttpRequest } from '../http/request.ts'
import type { RawRequest } from '../raw.ts'
import { describeOperation } from '../testing/describe-operation.ts'
import { rawRequest, type RequestParts } from '../testing/raw-request.ts'
import { accounts } from '../testing/sign.ts'
import { createKmsDialect } from './dialect.ts'
import { spokenNames } from './operations.ts'

/**
 * Requests that real clients sent to a recorder, signed with the key pair of AWS's documentation, and the
 * operation each one means. Headers that are neither signed nor read were left out.
 */
interface Golden {
  client: string
  request: { method: string; url: string; headers: Record<string, string>; body: string }
  operation: { name: string }
}

const directory = new URL('./golden/', import.meta.url)
const goldens = readdirSync(directory).map((file) => ({
  file,
  golden: JSON.parse(readFileSync(new URL(file, directory), 'utf8')) as Golden,
}))

async function understand(raw: RawRequest): Promise<unknown> {
  const now = parseIsoBasic(raw.headers['x-amz-date'] ?? '')
  const dialect = createKmsDialect({ accounts, region: 'us-east-1', now: () => now! })
  const request = new HttpRequest(raw)
  expect(dialect.recognise(request)).toBe(true)
  const command = await dialect.parse(request, await dialect.authenticate(request))
  return describeOperation(command.operation)
}

function rawOf({ request: { method, url, headers, body } }: Golden, changes: RequestParts = {}): RawRequest {
  return rawRequest({ method, rawUrl: url, headers, body, ...changes })
}

const refusedAs = (code: string): unknown => expect.objectContaining({ name: 'StoreError', code })

it('covers every operation as the SDK sends it', () => {
  const covered = goldens
    .filter(({ file }) => file.startsWith('aws-sdk-js'))
    .map((one) => one.golden.operation.name)
  expect([...new Set(covered)].sort()).toEqual([...spokenNames].sort())
})

describe.each(goldens)('$file', ({ golden }) => {
  it('is authentic and means its operation', async () => {
    expect(await understand(rawOf(golden))).toEqual(golden.operation)
  })

  it('is refused with another body, another operation, another query and an x-amz header added', async () => {
    const { body, headers, url } = golden.request
    const changed: RequestParts[] = [
      { body: `${body.slice(0, -1)} }` },
      { headers: { ...headers, 'x-amz-target': 'TrentService.ListGrants_' } },
      { rawUrl: `${url}?x=1` },
    ]
    for (const change of changed)
      await expect(understand(rawOf(golden, change))).rejects.toEqual(refusedAs('SignatureDoesNotMatch'))
    await expect(understand(rawOf(golden, { headers: { ...headers, 'x-amz-added': '1' } }))).rejects.toEqual(
      refusedAs('UnsignedHeaders'),
    )
  })
})
