import { ApiError, projectClient, type ProjectClient } from './client.ts'
import { partsOf, type FilePart } from './file-parts.ts'
import { projectEndpoints } from './paths.ts'
import * as s from './schemas.ts'
import { abortError, sendBytes } from './send-bytes.ts'

/** A file, and the object that it becomes. */
export interface FileToUpload {
  project: string
  bucket: string
  key: string
  encryption: s.UploadEncryption
  file: Blob
  /** '' when the browser knows none */
  contentType: string
}

export interface Sending {
  /** runs what sends bytes when its turn comes */
  inTurn: <T>(send: () => Promise<T>) => Promise<T>
  /** bytes of the file handed to the network so far; fewer again when a part must be sent anew */
  onProgress: (bytes: number) => void
  signal: AbortSignal
}

/** How often a part is sent before it counts as failed, and ms before the first repetition; each later one waits twice as long. */
const ATTEMPTS = 5
const FIRST_PAUSE = 1000

/** What may be over in a moment. A part is the same however often it is sent. */
const PASSING = new Set(['NetworkError', 'InternalError', 'IncompleteBody', 'KeyServiceUnavailable'])

/**
 * One file on its way: as one PUT, or when it is large in parts, several at a time. What arrived stays: after a failure
 * `send` may be called again and sends what is missing.
 */
export class FileUpload {
  readonly #what: FileToUpload
  readonly #parts: FilePart[]
  readonly #client: ProjectClient
  readonly #addresses: ReturnType<typeof projectEndpoints>
  #uploadId: string | undefined
  #etags = new Map<number, string>()

  constructor(what: FileToUpload) {
    this.#what = what
    this.#parts = partsOf(what.file.size)
    this.#client = projectClient(what.project)
    this.#addresses = projectEndpoints(what.project)
  }

  encryptsAs(encryption: s.UploadEncryption): boolean {
    return JSON.stringify(encryption) === JSON.stringify(this.#what.encryption)
  }

  /** @throws ApiError; DOMException AbortError when the signal was aborted */
  send(sending: Sending): Promise<s.Written> {
    return this.#parts.length === 1 ? this.#sendWhole(sending) : this.#sendInParts(sending)
  }

  /** Has the server remove the parts that it got; also while the page is being left. */
  abandon(): void {
    const { bucket, key } = this.#what
    const uploadId = this.#uploadId
    if (uploadId === undefined) return
    this.#forget()
    // Where this does not arrive, the parts stay: the bucket's settings show them.
    this.#client.giveUpUpload(bucket, { uploadId, key }).catch(() => undefined)
  }

  #sendWhole({ inTurn, onProgress, signal }: Sending): Promise<s.Written> {
    const { bucket, file, contentType } = this.#what
    const url = this.#addresses.upload(bucket, this.#object())
    return inTurn(() => sendBytes(s.writtenSchema, { url, bytes: file, contentType, onProgress, signal }))
  }

  async #sendInParts(sending: Sending): Promise<s.Written> {
    const { bucket, key } = this.#what
    const stop = new AbortController()
    const signal = AbortSignal.any([sending.signal, stop.signal])
    try {
      this.#uploadId ??= await this.#begin()
      signal.throwIfAborted()
      await this.#sendMissing(this.#uploadId, { ...sending, signal })
      const etags = this.#parts.map(({ number }) => this.#etags.get(number)!)
      const written = await this.#client.completeUpload(bucket, this.#uploadId, { key, etags }, signal)
      this.#forget()
      return written
    } catch (error) {
      stop.abort()
      // Somebody ended it: the next time it begins anew.
      if (error instanceof ApiError && error.code === 'NoSuchUpload') this.#forget()
      throw error
    }
  }

  /** Not to be aborted: its answer names what must be removed then. */
  async #begin(): Promise<string> {
    const { bucket, contentType } = this.#what
    return (await this.#client.createUpload(bucket, { ...this.#object(), contentType })).uploadId
  }

  async #sendMissing(uploadId: string, { inTurn, onProgress, signal }: Sending): Promise<void> {
    const { bucket, key, file } = this.#what
    const sentOf = new Map<number, number>()
    let sent = 0
    const tell = ({ number, start, end }: FilePart, bytes: number) => {
      const counted = Math.min(bytes, end - start)
      sent += counted - (sentOf.get(number) ?? 0)
      sentOf.set(number, counted)
      onProgress(sent)
    }
    const sendPart = async (part: FilePart): Promise<void> => {
      const url = this.#addresses.partUpload(bucket, uploadId, { key, part: part.number })
      const bytes = file.slice(part.start, part.end)
      const onProgress = (count: number) => tell(part, count)
      const send = () => sendBytes(s.writtenPartSchema, { url, bytes, onProgress, signal })
      const { etag } = await patiently(send, signal, () => onProgress(0))
      this.#etags.set(part.number, etag)
    }
    for (const part of this.#parts) if (this.#etags.has(part.number)) tell(part, part.end - part.start)
    const missing = this.#parts.filter(({ number }) => !this.#etags.has(number))
    await Promise.all(missing.map((part) => inTurn(() => sendPart(part))))
  }

  #object() {
    const { key, encryption } = this.#what
    return {
      key,
      encryption: encryption.kind,
      ...('suite' in encryption && { suite: encryption.suite }),
      ...('keyRef' in encryption && encryption.keyRef !== undefined && { keyRef: encryption.keyRef }),
    }
  }

  #forget(): void {
    this.#uploadId = undefined
    this.#etags.clear()
  }
}

/** Does it again, after longer and longer pauses, while what it fails of may pass. */
async function patiently<T>(send: () => Promise<T>, signal: AbortSignal, onAgain: () => void): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send()
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof ApiError && PASSING.has(error.code))) throw error
      onAgain()
      await pause(FIRST_PAUSE * 2 ** (attempt - 1), signal)
    }
  }
}

/** @throws DOMException AbortError */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortError())
    const abort = () => {
      clearTimeout(timer)
      reject(abortError())
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, ms)
    signal.addEventListener('abort', abort, { once: true })
  })
}
