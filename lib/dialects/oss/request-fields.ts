import type { UploadForm } from '../http/form-data.ts'
import { headerToText, textToHeader } from '../http/text.ts'

/** What a request says beside its URL and its bytes: headers, or fields of an upload form. Names are lower-case. */
export class RequestFields {
  readonly #values: ReadonlyMap<string, string>

  private constructor(values: ReadonlyMap<string, string>) {
    this.#values = values
  }

  /** @param headers values a character a byte, as Node gives them */
  static ofHeaders(headers: Readonly<Record<string, string>>): RequestFields {
    return new RequestFields(
      new Map(Object.entries(headers).map(([name, value]) => [name, headerToText(value)])),
    )
  }

  /** A field `Content-Type` goes before the type that the file's own part names (Aliyun, "PostObject"). */
  static ofForm({ fields, contentType }: UploadForm): RequestFields {
    const values = new Map(fields.map(({ name, value }) => [name.toLowerCase(), value]))
    const type = values.get('content-type') ?? values.get('x-oss-content-type') ?? contentType
    if (type !== undefined) values.set('content-type', type)
    return new RequestFields(values)
  }

  /** '' when it is there and empty: an empty key id is an error, not none. */
  get(name: string): string | undefined {
    return this.#values.get(name)
  }

  /** undefined, too, when it is empty */
  nonEmpty(name: string): string | undefined {
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
