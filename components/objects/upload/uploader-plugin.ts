import { BasePlugin, EventManager, type Uppy } from '@uppy/core'
import {
  filterFilesToEmitUploadStarted,
  filterFilesToUpload,
  TaskQueue,
  type LocalUppyFileNonGhost,
} from '@uppy/core/utils'
import { putFile } from '@/lib/console/put-file'
import type { UploadEncryption, Written } from '@/lib/console/schemas'
import { failureText } from './upload-failure'

/** What each file of the queue knows. Uppy's own type asks for index signatures, which only a type has. */
export type UploadMeta = { key: string; [more: string]: unknown }
export type UploadBody = Written & Record<string, unknown>
export type UploadQueue = Uppy<UploadMeta, UploadBody>
type QueuedFile = LocalUppyFileNonGhost<UploadMeta, UploadBody>

export type PutOptions = {
  id?: string
  project: string
  bucket: string
  encryption: UploadEncryption
}

/** Browsers open six connections to a host over HTTP/1.1: some must stay free for the page itself. */
const PARALLEL = 4

/** Sends each file of the queue as one PUT, a few at a time, with progress; removing a file aborts it. */
export class PutUploader extends BasePlugin<PutOptions, UploadMeta, UploadBody> {
  #queue = new TaskQueue({ concurrency: PARALLEL })

  constructor(uppy: UploadQueue, options: PutOptions) {
    super(uppy, options)
    this.type = 'uploader'
    this.id = 'PutUploader'
  }

  override install(): void {
    this.uppy.addUploader(this.#upload)
  }

  override uninstall(): void {
    this.uppy.removeUploader(this.#upload)
  }

  #upload = async (ids: string[]): Promise<void> => {
    const files = filterFilesToUpload(this.uppy.getFilesByIds(ids))
    this.uppy.emit('upload-start', filterFilesToEmitUploadStarted(files))
    await Promise.all(files.map((file) => this.#send(file as QueuedFile)))
  }

  async #send(file: QueuedFile): Promise<void> {
    const events = new EventManager(this.uppy)
    const task = this.#queue.add((signal) => this.#put(file, signal))
    const abort = () => task.abort()
    events.onFileRemove(file.id, abort)
    events.onCancelAll(file.id, abort)
    try {
      const written = await task
      this.uppy.emit('upload-success', this.uppy.getFile(file.id), { status: 200, body: { ...written } })
    } catch (error) {
      // a file that was taken out of the queue is nobody's failure
      if (this.uppy.getFile(file.id)) this.#fail(file.id, error)
    } finally {
      events.remove()
    }
  }

  #put({ id, data, meta, type }: QueuedFile, signal: AbortSignal): Promise<Written> {
    const { project, bucket, encryption } = this.opts
    const uploadStarted = Date.now()
    return putFile({
      project,
      bucket,
      encryption,
      key: meta.key,
      file: data,
      contentType: data.type || type,
      signal,
      onProgress: (bytes) => {
        const file = this.uppy.getFile(id)
        if (file)
          this.uppy.emit('upload-progress', file, {
            uploadStarted,
            bytesUploaded: bytes,
            bytesTotal: data.size,
          })
      },
    })
  }

  #fail(id: string, error: unknown): void {
    const message = failureText(error)
    this.uppy.emit('upload-error', this.uppy.getFile(id), { name: 'ApiError', message })
  }
}
