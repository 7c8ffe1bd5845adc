import { BasePlugin, EventManager, type Uppy } from '@uppy/core'
import {
  filterFilesToEmitUploadStarted,
  filterFilesToUpload,
  TaskQueue,
  type LocalUppyFileNonGhost,
} from '@uppy/core/utils'
import { FileUpload } from '@/lib/console/file-upload'
import type { UploadEncryption, Written } from '@/lib/console/schemas'
import { failureText } from './upload-failure'

/** What each file of the queue knows. Uppy's own type asks for index signatures, which only a type has. */
export type UploadMeta = { key: string; [more: string]: unknown }
export type UploadBody = Written & Record<string, unknown>
export type UploadQueue = Uppy<UploadMeta, UploadBody>
type QueuedFile = LocalUppyFileNonGhost<UploadMeta, UploadBody>

export type UploaderOptions = {
  id?: string
  project: string
  bucket: string
  encryption: UploadEncryption
}

/** Browsers open six connections to a host over HTTP/1.1: some must stay free for the page itself. */
const PARALLEL = 4

/** Sends the files of the queue, a few at a time, with progress; a file that is removed is given up, its parts too. */
export class FileUploader extends BasePlugin<UploaderOptions, UploadMeta, UploadBody> {
  #files = new TaskQueue({ concurrency: PARALLEL })
  /** of the files under way together */
  #requests = new TaskQueue({ concurrency: PARALLEL })
  #uploads = new Map<string, FileUpload>()

  constructor(uppy: UploadQueue, options: UploaderOptions) {
    super(uppy, options)
    this.type = 'uploader'
    this.id = 'FileUploader'
  }

  override install(): void {
    this.uppy.addUploader(this.#upload)
    this.uppy.on('file-removed', this.#removed)
  }

  override uninstall(): void {
    this.uppy.off('file-removed', this.#removed)
    this.uppy.removeUploader(this.#upload)
  }

  #upload = async (ids: string[]): Promise<void> => {
    const files = filterFilesToUpload(this.uppy.getFilesByIds(ids))
    this.uppy.emit('upload-start', filterFilesToEmitUploadStarted(files))
    await Promise.all(files.map((file) => this.#send(file as QueuedFile)))
  }

  async #send(file: QueuedFile): Promise<void> {
    const { id, data } = file
    const events = new EventManager(this.uppy)
    const leaving = new AbortController()
    const leave = () => leaving.abort()
    events.onFileRemove(id, leave)
    events.onCancelAll(id, leave)
    const upload = this.#uploadOf(file)
    try {
      const written = await this.#files.add(() => {
        leaving.signal.throwIfAborted()
        return upload.send({
          inTurn: (send) => this.#requests.add(send),
          onProgress: this.#progressOf(id, data.size),
          signal: leaving.signal,
        })
      })
      if (leaving.signal.aborted) return
      this.#uploads.delete(id)
      this.uppy.emit('upload-success', this.uppy.getFile(id), { status: 200, body: { ...written } })
    } catch (error) {
      // A file that was taken out of the queue is nobody's failure, and may be in it again by now.
      if (leaving.signal.aborted) upload.abandon()
      else this.#fail(id, error)
    } finally {
      events.remove()
    }
  }

  /** A retry goes on where the file came to, unless it shall be encrypted otherwise now. */
  #uploadOf({ id, data, meta, type }: QueuedFile): FileUpload {
    const { project, bucket, encryption } = this.opts
    const kept = this.#uploads.get(id)
    if (kept?.encryptsAs(encryption)) return kept
    kept?.abandon()
    const contentType = data.type || type
    const upload = new FileUpload({ project, bucket, encryption, key: meta.key, file: data, contentType })
    this.#uploads.set(id, upload)
    return upload
  }

  #progressOf(id: string, bytesTotal: number): (bytes: number) => void {
    const uploadStarted = Date.now()
    return (bytesUploaded) => {
      const file = this.uppy.getFile(id)
      if (file) this.uppy.emit('upload-progress', file, { uploadStarted, bytesUploaded, bytesTotal })
    }
  }

  #removed = ({ id }: { id: string }): void => {
    this.#uploads.get(id)?.abandon()
    this.#uploads.delete(id)
  }

  #fail(id: string, error: unknown): void {
    const message = failureText(error)
    this.uppy.emit('upload-error', this.uppy.getFile(id), { name: 'ApiError', message })
  }
}
