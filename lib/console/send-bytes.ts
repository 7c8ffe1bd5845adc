import type { z } from 'zod'
import { ApiError, failureOf } from './client.ts'

export interface BytesToSend {
  url: string
  bytes: Blob
  contentType?: string
  /** bytes handed to the network so far */
  onProgress: (bytes: number) => void
  signal: AbortSignal
}

/**
 * Sends bytes as the body of one PUT, whose answer `schema` reads. The browser reads them from disk piece by piece while
 * it sends; XMLHttpRequest because `fetch` tells no progress of a request's body.
 * @throws ApiError; DOMException AbortError when `signal` was aborted
 */
export function sendBytes<T extends z.ZodType>(schema: T, sent: BytesToSend): Promise<z.infer<T>> {
  const { signal } = sent
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortError())
    const xhr = new XMLHttpRequest()
    const abort = () => xhr.abort()
    signal.addEventListener('abort', abort)
    xhr.upload.onprogress = (event) => sent.onProgress(event.loaded)
    xhr.onload = () => {
      const parsed = schema.safeParse(xhr.response)
      if (xhr.status < 200 || xhr.status >= 300) reject(failureOf(xhr.response, xhr.status))
      else if (parsed.success) resolve(parsed.data)
      else reject(new ApiError('InternalError', { status: xhr.status }))
    }
    xhr.onerror = () => reject(new ApiError('NetworkError'))
    xhr.onabort = () => reject(abortError())
    xhr.onloadend = () => signal.removeEventListener('abort', abort)
    xhr.open('PUT', sent.url)
    xhr.responseType = 'json'
    if (sent.contentType) xhr.setRequestHeader('content-type', sent.contentType)
    xhr.send(sent.bytes)
  })
}

export const abortError = () => new DOMException('The upload was cancelled', 'AbortError')
