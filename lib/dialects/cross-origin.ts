import { StoreError } from '../errors.ts'
import type { CorsConfiguration } from '../store/cors-model.ts'
import type { Dialect } from './dialect.ts'
import {
  announcedHeaders,
  exposedAnswer,
  installationRules,
  preflightAnswer,
  preflightQuestion,
  ruleFor,
  varying,
} from './http/cors.ts'
import { HttpRequest } from './http/request.ts'
import type { RawResponse } from './raw.ts'

export interface CrossOriginOptions {
  /** what holds for buckets without rules of their own: origins as browsers write them, or `*`; none: nobody */
  origins: readonly string[]
  /** of a bucket; undefined: it has none, or is not there */
  rulesOf: (bucket: string) => Promise<CorsConfiguration | undefined>
}

/**
 * Lets pages of other origins use the object port: browsers' SDKs do not work without. Nothing here proves who asks;
 * requests are signed, and no cookie is ever looked at, so an allowed origin gains nothing but what it can sign.
 */
export class CrossOrigin {
  readonly #installation: CorsConfiguration | undefined
  readonly #rulesOf: CrossOriginOptions['rulesOf']

  constructor({ origins, rulesOf }: CrossOriginOptions) {
    this.#installation = installationRules(origins)
    this.#rulesOf = rulesOf
  }

  /**
   * Nobody has proved anything when a browser asks this. A bucket without rules of its own is answered as one that is not
   * there, in the same words; of one that has some, its rules are told and nothing else.
   * @throws StoreError CrossOriginForbidden
   */
  async preflight(dialect: Dialect, request: HttpRequest): Promise<RawResponse> {
    const question = preflightQuestion(request.raw)
    const rules = await this.#rules(dialect, request)
    const rule = rules && ruleFor(rules, question)
    if (rule !== undefined) return preflightAnswer(rule, question)
    throw new StoreError(
      'CrossOriginForbidden',
      "CORSResponse: This CORS request is not allowed. This is usually because the evaluation of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
      { method: question.method },
    )
  }

  /** The answer, readable by the page that asked, where a rule lets it. Never rejects. */
  async expose(dialect: Dialect, request: HttpRequest, answer: RawResponse): Promise<RawResponse> {
    const { origin } = request.raw.headers
    // A bucket that cannot be read lets no page in; its answer says why to others.
    const rules = await this.#rules(dialect, request).catch(() => undefined)
    if (rules === undefined) return answer
    if (origin === undefined) return rules.responseVary ? varying(answer, 'Origin') : answer
    const rule = ruleFor(rules, { origin, method: request.raw.method, headers: [] })
    return rule === undefined ? varying(answer, 'Origin') : exposedAnswer(answer, rule, origin)
  }

  async #rules(dialect: Dialect, request: HttpRequest): Promise<CorsConfiguration | undefined> {
    const bucket = bucketOf(dialect, request)
    return (bucket === undefined ? undefined : await this.#rulesOf(bucket)) ?? this.#installation
  }
}

function bucketOf(dialect: Dialect, request: HttpRequest): string | undefined {
  try {
    return dialect.addressOf?.(request).bucket
  } catch {
    // A broken URL names no bucket.
    return undefined
  }
}

/** A preflight as the request that it asks for: the vendor is known by the names of headers, where not by the host. */
export function asAnnounced({ raw }: HttpRequest): HttpRequest {
  const announced = Object.fromEntries(announcedHeaders(raw.headers).map((name) => [name, '']))
  return new HttpRequest({ ...raw, headers: { ...announced, ...raw.headers } })
}
