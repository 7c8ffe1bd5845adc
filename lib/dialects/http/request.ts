import type { RawRequest } from '../raw.ts'
import type { UploadForm } from './form-data.ts'
import { parseQuery, type Query } from './query.ts'

const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i

/**
 * A raw request with its target split into path and query, both still exactly as on the wire. Making one never
 * fails, so that even a request with a broken URL can be given to its dialect and answered in its words.
 */
export class HttpRequest {
  readonly raw: RawRequest
  /** not decoded; begins with '/' unless the target is malformed */
  readonly rawPath: string
  /** not decoded, without the question mark */
  readonly rawQuery: string
  /** an upload form, read up to its file before it is known whose it is: only its fields tell the vendor */
  form: UploadForm | undefined
  #query: Query | undefined

  constructor(raw: RawRequest) {
    const target = raw.rawUrl.startsWith('/') ? raw.rawUrl : originForm(raw.rawUrl)
    const mark = target.indexOf('?')
    this.raw = raw
    this.rawPath = mark < 0 ? target : target.slice(0, mark)
    this.rawQuery = mark < 0 ? '' : target.slice(mark + 1)
  }

  /** The path of the resource: without what belongs to the door (`RawRequest.basePath`). Signatures cover `rawPath`. */
  get resourcePath(): string {
    const { basePath = '' } = this.raw
    const rest = this.rawPath.slice(basePath.length)
    return basePath === '' || !this.rawPath.startsWith(basePath) || !/^(\/|$)/.test(rest)
      ? this.rawPath
      : rest || '/'
  }

  /** @throws StoreError InvalidUri */
  get query(): Query {
    return (this.#query ??= parseQuery(this.rawQuery))
  }

  header(name: string): string | undefined {
    return this.raw.headers[name]
  }

  /** A browser's form without a signature in its header: it brings one in its fields, or none. */
  get mayBeForm(): boolean {
    return (
      this.raw.method === 'POST' &&
      /^multipart\/form-data\b/i.test(this.header('content-type') ?? '') &&
      this.header('authorization') === undefined
    )
  }
}

/** RFC 9112 §3.2.2: a server must accept the absolute form, which proxies send. */
function originForm(target: string): string {
  const authority = ABSOLUTE_FORM.exec(target)
  if (authority === null) return target
  const rest = target.slice(authority[0].length)
  return rest.startsWith('/') ? rest : `/${rest}`
}
