import type { CorsConfiguration, CorsMethod, CorsRule } from '../../store/cors-model.ts'
import { CORS_METHODS } from '../../store/cors-model.ts'
import type { RawRequest, RawResponse } from '../raw.ts'

/** What a page of another origin asks (Fetch standard, "CORS protocol"). */
export interface CrossOriginQuestion {
  /** as browsers write it, 'null' included */
  origin: string
  method: string
  /** lower-case names of headers that a preflight announces */
  headers: readonly string[]
}

/** Browsers ask this by themselves, without a signature, before what a form could not send. */
export function isPreflight({ method, headers }: RawRequest): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  )
}

export function preflightQuestion({ headers }: RawRequest): CrossOriginQuestion {
  return {
    origin: headers.origin ?? '',
    method: headers['access-control-request-method'] ?? '',
    headers: announcedHeaders(headers),
  }
}

/** Of the header that announces the others; names that cannot be ones are kept, and fit no rule but `*`. */
export function announcedHeaders(headers: Readonly<Record<string, string>>): string[] {
  return (headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
}

/** How long a browser may remember the installation's answer, seconds. */
const MAX_AGE = 600

/** What holds where a bucket has no rules of its own: these origins may do everything and see every header. */
export function installationRules(origins: readonly string[]): CorsConfiguration | undefined {
  if (origins.length === 0) return undefined
  const rule: CorsRule = {
    allowedOrigins: [...origins],
    allowedMethods: [...CORS_METHODS],
    // What a page may send is for the signature and the dialect to judge.
    allowedHeaders: ['*'],
    exposeHeaders: ['*'],
    maxAgeSeconds: MAX_AGE,
  }
  return { rules: [rule] }
}

/** The first rule that fits, as all three vendors choose (S3 user guide, "CORS configuration"). */
export function ruleFor(
  { rules }: CorsConfiguration,
  { origin, method, headers }: CrossOriginQuestion,
): CorsRule | undefined {
  return rules.find(
    (rule) =>
      rule.allowedOrigins.some((pattern) => matches(pattern, origin)) &&
      rule.allowedMethods.includes(method as CorsMethod) &&
      headers.every((name) => rule.allowedHeaders.some((pattern) => matches(pattern.toLowerCase(), name))),
  )
}

/** `*` stands for any characters, once at most. Compared piece by piece: a rule cannot make a regular expression slow. */
function matches(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*')
  if (star < 0) return pattern === text
  const [before, behind] = [pattern.slice(0, star), pattern.slice(star + 1)]
  return text.length >= before.length + behind.length && text.startsWith(before) && text.endsWith(behind)
}

const VARY = 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method'

/** What a rule says to a preflight. Credentials are never allowed: no cookie is looked at here, only signatures. */
export function preflightAnswer(rule: CorsRule, { origin, headers }: CrossOriginQuestion): RawResponse {
  const exposed = rule.exposeHeaders.filter((name) => !name.includes('*'))
  return {
    status: 200,
    headers: {
      ...allowed(rule, origin),
      ...(headers.length > 0 && { 'access-control-allow-headers': headers.join(', ') }),
      ...(exposed.length > 0 && { 'access-control-expose-headers': exposed.join(', ') }),
      ...(rule.maxAgeSeconds !== undefined && { 'access-control-max-age': rule.maxAgeSeconds }),
      vary: VARY,
      'content-length': 0,
    },
    body: null,
  }
}

/**
 * An answer that the page may read, with the headers that the rule exposes: patterns stand for the headers that the
 * answer has, because browsers take `x-cos-*` as a name.
 */
export function exposedAnswer(answer: RawResponse, rule: CorsRule, origin: string): RawResponse {
  const exposed = exposedNames(rule, answer)
  return varying(
    {
      ...answer,
      headers: {
        ...answer.headers,
        ...allowed(rule, origin),
        ...(exposed.length > 0 && { 'access-control-expose-headers': exposed.join(', ') }),
      },
    },
    VARY,
  )
}

/** Date, which the server adds later, is among those of `*`: SDKs mend their clock by it. */
function exposedNames({ exposeHeaders }: CorsRule, { headers }: RawResponse): string[] {
  const present = [...Object.keys(headers), 'date']
  const names = exposeHeaders.flatMap((pattern) =>
    pattern.includes('*')
      ? present.filter((name) => matches(pattern.toLowerCase(), name.toLowerCase()))
      : [pattern],
  )
  return [...new Set(names)]
}

function allowed({ allowedOrigins, allowedMethods }: CorsRule, origin: string): Record<string, string> {
  return {
    'access-control-allow-origin': allowedOrigins.includes('*') ? '*' : origin,
    'access-control-allow-methods': allowedMethods.join(', '),
  }
}

/** An answer of which caches shall know that it may differ by these headers of the request. */
export function varying(answer: RawResponse, names: string): RawResponse {
  return { ...answer, headers: { ...answer.headers, vary: names } }
}
