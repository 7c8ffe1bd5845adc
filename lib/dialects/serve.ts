import { isStoreError, StoreError } from '../errors.ts'
import { createAwsDialect } from './aws/dialect.ts'
import { createCosDialect } from './cos/dialect.ts'
import type { CosKmsRules } from './cos/kms-rules.ts'
import { asAnnounced, CrossOrigin, type CrossOriginOptions } from './cross-origin.ts'
import type { Dialect, Services } from './dialect.ts'
import { isPreflight } from './http/cors.ts'
import { readUploadForm } from './http/form-data.ts'
import { HttpRequest } from './http/request.ts'
import { newRequestIds, type RequestIds } from './http/request-ids.ts'
import { createKmsDialect } from './kms/dialect.ts'
import { createOssDialect } from './oss/dialect.ts'
import { isSecure, type RawResponse, type Serve } from './raw.ts'
import type { AccountLookup } from './sigv4/verifier.ts'

/** What may be said of an unexpected failure. An allow-list: no URL, header, message or body can get in. */
export interface FailureLine {
  level: 'error'
  event: 'request-failed'
  requestId: string
  dialect: string
  method: string
  operation: string | undefined
  errorName: string
  /** a StoreError's or a system error's code */
  errorCode: string | undefined
  /** stack frames without the message, because messages of foreign errors quote their input */
  frames: string[]
}

export interface ServeOptions extends Services {
  accounts: AccountLookup
  region: string
  /** lower-case base host names of virtual-hosted style */
  objectDomains: readonly string[]
  /** lower-case base host names under which COS is spoken, signed or not */
  cosDomains?: readonly string[]
  /** what COS asks before SSE-KMS */
  cosKms?: CosKmsRules
  /** the same of OSS; `host=bucket` binds a name to a bucket */
  ossDomains?: readonly string[]
  /** what pages of other origins may; default: nothing */
  cors?: CrossOriginOptions
  /** default: one line of JSON on standard error */
  log?: (line: FailureLine) => void
  /** ms since the epoch */
  now?: () => number
}

/**
 * The one pipeline of the object and key APIs: recognise → authenticate → parse → run → render. Every answer, errors
 * included, is in the caller's dialect and carries a request id. Never rejects.
 */
export function createServe(options: ServeOptions): Serve {
  const dialects = dialectsOf(options)
  const fallback = dialects.at(-1)!
  const crossOrigin = new CrossOrigin(options.cors ?? NO_OTHERS)
  return async (raw) => {
    const ids = newRequestIds()
    const request = new HttpRequest(raw)
    const progress: Progress = { operation: undefined }
    const preflight = isPreflight(raw)
    let dialect = fallback
    let answer: RawResponse
    try {
      if (request.mayBeForm) request.form = await readUploadForm(raw.body, raw.headers['content-type'])
      const known = preflight ? asAnnounced(request) : request
      dialect = dialects.find((candidate) => speaks(candidate, known)) ?? fallback
      answer = preflight
        ? await crossOrigin.preflight(dialect, request)
        : await respond(options, dialect, request, ids, progress)
    } catch (error) {
      answer = dialect.renderError(told(error, options, request, dialect, ids, progress), request, ids)
    }
    answer = stamped(answer, dialect.stamp(ids))
    return preflight ? answer : crossOrigin.expose(dialect, request, answer)
  }
}

/** A port of one vendor's leaves nothing to recognise: what is signed otherwise is refused in that vendor's words. */
function speaks(dialect: Dialect, request: HttpRequest): boolean {
  const { vendor } = request.raw
  return vendor === undefined ? dialect.recognise(request) : dialect.name === vendor
}

const NO_OTHERS: CrossOriginOptions = { origins: [], rulesOf: () => Promise.resolve(undefined) }

/** The last one also answers what nobody recognises: anonymous requests. */
function dialectsOf(options: ServeOptions): Dialect[] {
  const { accounts, region, objectDomains, cosDomains = [], ossDomains = [], now = Date.now } = options
  return [
    createKmsDialect({ accounts, region, now }),
    createCosDialect({ accounts, objectDomains, cosDomains, kms: options.cosKms, now }),
    createOssDialect({ accounts, objectDomains, ossDomains, now }),
    createAwsDialect({ accounts, region, objectDomains, now }),
  ]
}

interface Progress {
  operation: string | undefined
}

async function respond(
  services: Services,
  dialect: Dialect,
  request: HttpRequest,
  ids: RequestIds,
  progress: Progress,
): Promise<RawResponse> {
  const { raw } = request
  const authenticated = await dialect.authenticate(request)
  const parsed = await dialect.parse(request, authenticated)
  progress.operation = parsed.operation.name
  const context = {
    requestId: ids.requestId,
    secure: isSecure(raw),
    remoteAddress: raw.remoteAddress,
    signal: raw.signal,
  }
  return parsed.run(services, authenticated.caller, context)
}

function stamped(answer: RawResponse, headers: Record<string, string>): RawResponse {
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

/** What the client is told; failures nobody foresaw, and damage to data, are logged with the request id. */
function told(
  error: unknown,
  options: ServeOptions,
  request: HttpRequest,
  dialect: Dialect,
  ids: RequestIds,
  progress: Progress,
): StoreError {
  const known = isStoreError(error)
  if (!known || LOGGED.has(error.code))
    (options.log ?? logLine)(failureLine(error, request, dialect, ids, progress))
  return known
    ? error
    : new StoreError('InternalError', 'We encountered an internal error. Please try again.')
}

function logLine(line: FailureLine): void {
  console.error(JSON.stringify(line))
}

const LOGGED: ReadonlySet<string> = new Set([
  'InternalError',
  'ObjectCorrupt',
  'StorageFull',
  'KeyServiceUnavailable',
])

function failureLine(
  error: unknown,
  request: HttpRequest,
  dialect: Dialect,
  ids: RequestIds,
  progress: Progress,
): FailureLine {
  const known = error instanceof Error ? error : new Error()
  const code = 'code' in known && typeof known.code === 'string' ? known.code : undefined
  const stack = (known.stack ?? '').replace(known.message, '')
  return {
    level: 'error',
    event: 'request-failed',
    requestId: ids.requestId,
    dialect: dialect.name,
    method: request.raw.method,
    operation: progress.operation,
    errorName: known.name,
    errorCode: code,
    frames: stack
      .split('\n')
      .filter((line) => line.startsWith('    at '))
      .map((line) => line.trim()),
  }
}
