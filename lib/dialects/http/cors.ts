import type { RawRequest, RawResponse, Serve } from '../raw.ts'

/**
 * Lets pages of other origins use the object port (Fetch standard, "CORS protocol"), for all buckets alike: browsers' SDKs
 * do not work without. Nothing here proves who asks; requests are signed, and no cookie is ever looked at, so the answer
 * allows no credentials and may name any origin.
 * @param origins as browsers write them (`https://app.example.org`), or `*`; none: other pages may not
 */
export function withCors(serve: Serve, origins: readonly string[]): Serve {
  if (origins.length === 0) return serve
  const allowed = new Set(origins)
  const allows = (origin: string): boolean => allowed.has('*') || allowed.has(origin)
  return async (request) => {
    const { origin } = request.headers
    if (origin === undefined) return serve(request)
    if (isPreflight(request)) return allows(origin) ? preflight(request, origin) : refused()
    const answer = await serve(request)
    return allows(origin) ? exposed(answer, origin) : answer
  }
}

/** Browsers ask this by themselves, without a signature, before what a form could not send. */
function isPreflight({ method, headers }: RawRequest): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined
}

const METHODS = 'GET, HEAD, PUT, POST, DELETE'
/** How long a browser may remember it, seconds. */
const MAX_AGE = 600

function preflight({ headers }: RawRequest, origin: string): RawResponse {
  const asked = headers['access-control-request-headers']
  return {
    status: 200,
    headers: {
      'access-control-allow-origin': origin,
      'access-control-allow-methods': METHODS,
      // What a page may send is for the signature and the dialect to judge.
      ...(asked !== undefined && { 'access-control-allow-headers': asked }),
      'access-control-max-age': MAX_AGE,
      vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
      'content-length': 0,
    },
    body: null,
  }
}

function refused(): RawResponse {
  return { status: 403, headers: { 'content-length': 0, vary: 'Origin' }, body: null }
}

/** Every header of the answer by name, ETag and the vendor's own among them, and Date, by which SDKs mend their clock. */
function exposed(answer: RawResponse, origin: string): RawResponse {
  const names = [...new Set([...Object.keys(answer.headers), 'date'])]
  return {
    ...answer,
    headers: {
      ...answer.headers,
      'access-control-allow-origin': origin,
      'access-control-expose-headers': names.join(', '),
      vary: 'Origin',
    },
  }
}
