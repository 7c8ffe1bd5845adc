import { ApiError, failureOf } from './client.ts'
import { projectEndpoints } from './paths.ts'
import { writtenSchema, type UploadEncryption, type Written } from './schemas.ts'

export interface FileUpload {
  project: string
  bucket: string
  key: string
  encryption: UploadEncryption
  file: Blob
  contentType: string
  /** bytes handed to the network so far */
  onProgress: (bytes: number) => void
  signal: AbortSignal
}

/**
 * Sends a file as the body of one PUT. The browser reads it from disk piece by piece while it sends;
 * XMLHttpRequest because `fetch` tells no progress of a request's body.
 * @throws ApiError; DOMException AbortError when `signal` was aborted
 */
export function putFile(upload: FileUpload): Promise<Written> {
  const { signal } = upload
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortError())
    const xhr = new XMLHttpRequest()
    const abort = () => xhr.abort()
    signal.addEventListener('abort', abort)
    xhr.upload.onprogress = (event) => upload.onProgress(event.loaded)
    xhr.onload = () => settle(xhr, resolve, reject)
    xhr.onerror = () => reject(new ApiError('NetworkError'))
    xhr.onabort = () => reject(abortError())
    xhr.onloadend = () => signal.removeEventListener('abort', abort)
    xhr.open('PUT', uploadUrl(upload))
    xhr.responseType = 'json'
    xhr.setRequestHeader('content-type', upload.contentType || 'application/octet-stream')
    xhr.send(upload.file)
  })
}

function uploadUrl({ project, bucket, key, encryption }: FileUpload): string {
  const suite = 'suite' in encryption ? encryption.suite : undefined
  const keyRef = 'keyRef' in encryption ? encryption.keyRef : undefined
  return projectEndpoints(project).upload(bucket, { key, encryption: encryption.kind, suite, keyRef })
}

function settle(xhr: XMLHttpRequest, resolve: (written: Written) => void, reject: (error: unknown) => void) {
  if (xhr.status < 200 || xhr.status >= 300) return reject(failureOf(xhr.response, xhr.status))
  const parsed = writtenSchema.safeParse(xhr.response)
  if (parsed.success) resolve(parsed.data)
  else reject(new ApiError('InternalError', { status: xhr.status }))
}

const abortError = () => new DOMException('The upload was cancelled', 'AbortError')
