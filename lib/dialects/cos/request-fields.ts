import type { UploadForm } from '../http/form-data.ts'
import { headerToText, textToHeader } from '../http/text.ts'

/** What a request says beside its URL and its bytes: headers, or fields of an upload form. Names are lower-case. */
export class RequestFields {
  readonly #values: ReadonlyMap<string, string>

  private constructor(values: ReadonlyMap<string, string>) {
    this.#values = values
  }

  /** @param headers values as Node gives them, a character a byte */
  static ofHeaders(headers: Readonly<Record<string, string>>): RequestFields {
    return new RequestFields(
      new Map(Object.entries(headers).map(([name, value]) => [name, headerToText(value)])),
    )
  }

  /** The file's own part names its type; a field of the form goes before it. */
  static ofForm({ fields, contentType }: UploadForm): RequestFields {
    const values = new Map(fields.map(({ name, value }) => [name.toLowerCase(), value]))
    if (!values.has('content-type') && contentType !== undefined) values.set('content-type', contentType)
    return new RequestFields(values)
  }

  /** undefined, too, when it is there and empty: the SDKs send `Cache-Control:` to keep proxies from adding one. */
  get(name: string): string | undefined {
    return this.#values.get(name) || undefined
  }

  /** One that is URL-encoded, which `decodePercent` takes a character a byte; not every client encodes it all. */
  escaped(name: string): string | undefined {
    const value = this.get(name)
    return value === undefined ? undefined : textToHeader(value)
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** Every one whose name begins with `prefix`. */
  startingWith(prefix: string): [name: string, value: string][] {
    return [...this.#values].filter(([name]) => name.startsWith(prefix))
  }
}
