import { describe, expect, test } from 'vitest'
import type { RawResponse, Serve } from '../raw.ts'
import { rawRequest } from '../testing/raw-request.ts'
import { withCors } from './cors.ts'

const PAGE = 'https://app.example.org'
const serve: Serve = async ({ method }) => ({
  status: 200,
  headers: { etag: '"e"', 'x-cos-request-id': 'R', 'x-was': method },
  body: null,
})
const ask = (origins: string[], method: string, headers: Record<string, string>): Promise<RawResponse> =>
  withCors(serve, origins)(rawRequest({ method, headers: { host: 'h', ...headers } }))
const PREFLIGHT = {
  origin: PAGE,
  'access-control-request-method': 'PUT',
  'access-control-request-headers': 'authorization,x-cos-server-side-encryption',
}

describe('pages of other origins', () => {
  test.each([[PAGE], ['*']])(
    'allowed by %s: asked first, then answered with every header exposed',
    async (origin) => {
      const first = await ask([origin], 'OPTIONS', PREFLIGHT)
      expect(first).toMatchObject({
        status: 200,
        headers: {
          'access-control-allow-origin': PAGE,
          'access-control-allow-methods': 'GET, HEAD, PUT, POST, DELETE',
          'access-control-allow-headers': PREFLIGHT['access-control-request-headers'],
        },
      })
      expect(first.headers).not.toHaveProperty('access-control-allow-credentials')
      const { headers } = await ask([origin], 'PUT', { origin: PAGE })
      expect(headers).toMatchObject({
        etag: '"e"',
        'access-control-allow-origin': PAGE,
        'access-control-expose-headers': 'etag, x-cos-request-id, x-was, date',
        vary: 'Origin',
      })
    },
  )

  test('not allowed: the browser is told nothing', async () => {
    const others = [
      'https://app.example.org.evil.test',
      'http://app.example.org',
      'null',
      'https://app.example.org:8443',
    ]
    for (const origin of others) {
      expect((await ask([PAGE], 'OPTIONS', { ...PREFLIGHT, origin })).status).toBe(403)
      const { headers } = await ask([PAGE], 'GET', { origin })
      expect(headers).not.toHaveProperty('access-control-allow-origin')
    }
  })

  test('no setting, no origin, no preflight: as if there were no such thing', async () => {
    for (const [origins, method, headers] of [
      [[], 'OPTIONS', PREFLIGHT],
      [['*'], 'GET', {}],
    ] as const)
      expect(await ask([...origins], method, headers)).toEqual(await serve(rawRequest({ method })))
    expect((await ask(['*'], 'OPTIONS', { origin: PAGE })).headers).toHaveProperty('x-was', 'OPTIONS')
  })
})
