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

/**
 * Bytes on the wire before the file: values, heads and boundaries, as S3 counts them (S3 API reference, "POST Object").
 * S3 takes 20 KB; a form of OSS may have a longer policy and more metadata. Anybody may send a form, so what costs
 * nothing here would fill the memory.
 */
const MAX_FORM_BYTES = 64 * 1024
const MAX_HEAD_BYTES = 8192
const MAX_FIELDS = 100
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
  // The first boundary has no line break before it; giving it one makes all of them alike.
  const source = new Source(body, CRLF)
  const delimiter = Buffer.from(`\r\n--${match[1] ?? match[2]}`)
  await source.until(delimiter, MAX_HEAD_BYTES)
  const fields: FormField[] = []
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
    if (fields.length === MAX_FIELDS) throw tooLong()
    const value = await source.until(delimiter, MAX_FORM_BYTES - source.passed)
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
  const start = await source.peek(2)
  if (start.toString('latin1') === '--') return undefined
  if (!start.equals(CRLF)) throw malformedForm()
  const head = decodeUtf8(await source.until(BLANK_LINE, MAX_HEAD_BYTES))
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

async function* fileBytes(source: Source, delimiter: Buffer): AsyncGenerator<Buffer, void> {
  for (;;) {
    const { bytes, found } = await source.upTo(delimiter)
    if (bytes.length > 0) yield bytes
    if (found) break
  }
  // The rest is read and thrown away: whoever answers early would cut the client off while it still sends.
  await source.drain()
}

/**
 * The body with a look ahead just long enough to find a delimiter that lies across two chunks. Every byte is copied and
 * searched a fixed number of times, however small the chunks and the fields are: who sends them need not be known.
 */
class Source {
  /** bytes that were given out or passed over */
  passed = 0
  readonly #iterator: AsyncIterator<Buffer>
  #held: Buffer
  /** holds `#held`, which ends at `#end`; what is behind has been given to nobody */
  #memory: Buffer
  #end: number

  /** @param start what is read before the body */
  constructor(body: AsyncIterable<Buffer>, start: Buffer) {
    this.#iterator = body[Symbol.asyncIterator]()
    this.#held = this.#memory = start
    this.#end = start.length
  }

  /** The next bytes, which stay. */
  async peek(length: number): Promise<Buffer> {
    while (this.#held.length < length) await this.#more()
    return this.#held.subarray(0, length)
  }

  /** Everything before the delimiter, which is passed over. @throws StoreError EntityTooLarge | IncompleteBody */
  async until(delimiter: Buffer, limit: number): Promise<Buffer> {
    let searched = 0
    for (;;) {
      const at = this.#held.indexOf(delimiter, searched)
      if (at > limit || (at < 0 && this.#held.length > limit + delimiter.length)) throw tooLong()
      if (at >= 0) return this.#cut(at, delimiter.length)
      searched = Math.max(this.#held.length - delimiter.length + 1, 0)
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
    this.passed += length + skipped
    return bytes
  }

  async #more(): Promise<void> {
    const next = await this.#iterator.next()
    if (next.done === true) throw new StoreError('IncompleteBody', 'The form ends before its last boundary')
    if (this.#held.length > 0) this.#append(next.value)
    else [this.#held, this.#memory, this.#end] = [next.value, next.value, next.value.length]
  }

  #append(chunk: Buffer): void {
    const held = this.#held.length
    if (this.#memory.length - this.#end < chunk.length) {
      // Room for as much again, or each of many small chunks would copy all before it.
      this.#memory = Buffer.allocUnsafe(chunk.length < held ? 2 * held : held + chunk.length)
      this.#end = this.#held.copy(this.#memory)
    }
    const start = this.#end - held
    this.#end += chunk.copy(this.#memory, this.#end)
    this.#held = this.#memory.subarray(start, this.#end)
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
    maximum: MAX_FORM_BYTES,
  })
}
