import { StoreError } from '../../errors.ts'
import type { HttpRequest } from '../http/request.ts'
import { textToHeader } from '../http/text.ts'

const HOISTED = /(?:^|&)x-amz-/i

/**
 * The headers of a request as its signer meant them. Presigners move `x-amz-*` headers into the query
 * ("hoisting"), where they are signed as well; a real header wins. Anonymous requests have no signed query. Either way a
 * value is a character a byte, as Node gives headers.
 */
export class RequestHeaders {
  readonly #request: HttpRequest
  readonly #hoisted: ReadonlyMap<string, string>

  constructor(request: HttpRequest, signed: boolean) {
    this.#request = request
    this.#hoisted = signed && HOISTED.test(request.rawQuery) ? hoistedHeaders(request) : NONE
  }

  /** @param name lower-case */
  get(name: string): string | undefined {
    return this.#request.header(name) ?? this.#hoisted.get(name)
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  /** Only what really travelled as a header. */
  sent(name: string): string | undefined {
    return this.#request.header(name)
  }

  /** Every header whose name begins with `prefix`, hoisted ones included. */
  *startingWith(prefix: string): Generator<[name: string, value: string]> {
    const { headers } = this.#request.raw
    for (const [name, value] of this.#hoisted)
      if (name.startsWith(prefix) && headers[name] === undefined) yield [name, value]
    for (const name of Object.keys(headers)) if (name.startsWith(prefix)) yield [name, headers[name]!]
  }
}

const NONE: ReadonlyMap<string, string> = new Map()

/** An encryption key in a URL ends up in logs and histories: refused rather than ignored, which would store the object without it. */
function hoistedHeaders(request: HttpRequest): ReadonlyMap<string, string> {
  const hoisted = new Map<string, string>()
  for (const { name, value } of request.query.parameters) {
    const header = name.toLowerCase()
    if (!header.startsWith('x-amz-')) continue
    if (header.endsWith('-customer-key'))
      throw new StoreError(
        'InvalidRequest',
        'An encryption key must not be sent in a URL; send it as a header.',
      )
    hoisted.set(header, textToHeader(value))
  }
  return hoisted
}
