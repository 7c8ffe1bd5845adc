import { StoreError } from '../../errors.ts'

/** A field of a form, in the order it came; names keep their case. */
export interface FormField {
  name: string
  value: string
}

/** A form whose fields were read and whose file is still on its way. */
export interface UploadForm {
  fields: readonly FormField[]
  /** as the browser named it, without folders */
  fileName: string | undefined
  /** of the file's part */
  contentType: string | undefined
  /** Read at most once. Throws IncompleteBody when the form breaks off. What follows the file is ignored. */
  file: AsyncIterable<Buffer>
}

/** All fields before the file together, as AWS limits them (S3 API reference, "POST Object"); bytes. */
const MAX_FIELD_BYTES = 64 * 1024
const BOUNDARY = /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i
const CRLF = Buffer.from('\r\n')
const BLANK_LINE = Buffer.from('\r\n\r\n')

/**
 * Reads a browser's upload form (RFC 7578) up to the bytes of its file, which stream on. Vendors want the file last,
 * so that everything is known before its first byte.
 * @throws StoreError InvalidArgument (not such a form) | EntityTooLarge (fields) | IncompleteBody
 */
export async function readUploadForm(
  body: AsyncIterable<Buffer>,
  contentType: string | undefined,
): Promise<UploadForm> {
  const match = BOUNDARY.exec(contentType ?? '')
  if (match === null) throw malformedForm()
  const source = new Source(body)
  const delimiter = Buffer.from(`\r\n--${match[1] ?? match[2]}`)
  // The first boundary has no line break before it; giving it one makes all of them alike.
  source.unread(CRLF)
  await skipTo(source, delimiter)
  const fields: FormField[] = []
  let budget = MAX_FIELD_BYTES
  for (;;) {
    const head = await readHead(source)
    if (head === undefined) throw malformedForm()
    if (head.name === 'file')
      return {
        fields,
        fileName: head.fileName?.replace(/^.*[\\/]/s, ''),
        contentType: head.contentType,
        file: fileBytes(source, delimiter),
      }
    const value = await source.until(delimiter, budget)
    budget -= value.length + head.name.length
    fields.push({ name: head.name, value: decodeUtf8(value) })
  }
}

interface PartHead {
  name: string
  fileName: string | undefined
  contentType: string | undefined
}

/** The lines after a boundary; undefined after the last one. */
async function readHead(source: Source): Promise<PartHead | undefined> {
  const start = await source.take(2)
  if (start.toString('latin1') === '--') return undefined
  if (!start.equals(CRLF)) throw malformedForm()
  source.unread(CRLF)
  const head = decodeUtf8(await source.until(BLANK_LINE, 8192))
  const disposition = /\r\ncontent-disposition:\s*form-data\b([^\r\n]*)/i.exec(head)?.[1]
  const name = disposition === undefined ? undefined : parameter(disposition, 'name')
  if (disposition === undefined || name === undefined) throw malformedForm()
  const contentType = /\r\ncontent-type:[ \t]*([^\r\n]*)/i.exec(head)?.[1]?.trim()
  return { name, fileName: parameter(disposition, 'filename'), contentType: contentType || undefined }
}

/** Browsers escape quotes and line breaks as the HTML standard says ("multipart form data encoding"). */
function parameter(disposition: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}=(?:"((?:\\\\.|[^"\\\\])*)"|([^\\s;]+))`, 'i').exec(disposition)
  if (match === null) return undefined
  const raw = match[1]?.replace(/\\(["\\])/g, '$1') ?? match[2]!
  return raw.replace(/%(22|0D|0A)/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

async function skipTo(source: Source, delimiter: Buffer): Promise<void> {
  await source.until(delimiter, 8192)
}

async function* fileBytes(source: Source, delimiter: Buffer): AsyncGenerator<Buffer, void> {
  for (;;) {
    const { bytes, found } = await source.upTo(delimiter)
    if (bytes.length > 0) yield bytes
    if (found) break
  }
  // The rest is read and thrown away: whoever answers early would cut the client off while it still sends.
  await source.drain()
}

/** The body with a look ahead just long enough to find a delimiter that lies across two chunks. */
class Source {
  readonly #iterator: AsyncIterator<Buffer>
  #held: Buffer = Buffer.alloc(0)

  constructor(body: AsyncIterable<Buffer>) {
    this.#iterator = body[Symbol.asyncIterator]()
  }

  unread(bytes: Buffer): void {
    this.#held = Buffer.concat([bytes, this.#held])
  }

  async take(length: number): Promise<Buffer> {
    while (this.#held.length < length) await this.#more()
    const taken = this.#held.subarray(0, length)
    this.#held = this.#held.subarray(length)
    return taken
  }

  /** Everything before the delimiter, which is passed over. */
  async until(delimiter: Buffer, limit: number): Promise<Buffer> {
    for (;;) {
      const at = this.#held.indexOf(delimiter)
      if (at > limit || (at < 0 && this.#held.length > limit + delimiter.length)) throw tooLong()
      if (at >= 0) return this.#cut(at, delimiter.length)
      await this.#more()
    }
  }

  /** As many bytes as surely lie before the delimiter. */
  async upTo(delimiter: Buffer): Promise<{ bytes: Buffer; found: boolean }> {
    const at = this.#held.indexOf(delimiter)
    if (at >= 0) return { bytes: this.#cut(at, delimiter.length), found: true }
    const safe = Math.max(this.#held.length - delimiter.length + 1, 0)
    const bytes = this.#cut(safe, 0)
    await this.#more()
    return { bytes, found: false }
  }

  async drain(): Promise<void> {
    this.#held = Buffer.alloc(0)
    while ((await this.#iterator.next()).done !== true);
  }

  #cut(length: number, skipped: number): Buffer {
    const bytes = this.#held.subarray(0, length)
    this.#held = this.#held.subarray(length + skipped)
    return bytes
  }

  async #more(): Promise<void> {
    const next = await this.#iterator.next()
    if (next.done === true) throw new StoreError('IncompleteBody', 'The form ends before its last boundary')
    this.#held = this.#held.length === 0 ? next.value : Buffer.concat([this.#held, next.value])
  }
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw malformedForm()
  }
}

function malformedForm(): StoreError {
  return new StoreError(
    'InvalidArgument',
    'The body of the POST request is not well-formed multipart/form-data.',
    { argument: 'Content-Type' },
  )
}

function tooLong(): StoreError {
  return new StoreError('EntityTooLarge', 'The fields before the file are too long.', {
    maximum: MAX_FIELD_BYTES,
  })
}
