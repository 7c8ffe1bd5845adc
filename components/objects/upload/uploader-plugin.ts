import { BasePlugin, EventManager, type Uppy } from '@uppy/core'
import { filterFilesToUpload, TaskQueue, type LocalUppyFileNonGhost } from '@uppy/core/utils'
import { FileUpload } from '@/lib/console/file-upload'
import type { UploadEncryption, Written } from '@/lib/console/schemas'
import { failureText } from './upload-failure'
import { phaseOf } from './upload-state'

/** What a file is to one of the same name that was chosen before it: in its place, or sent after it. */
export type SameName = 'replaces' | 'follows'

/** What each file of the queue knows. Uppy's own type asks for index signatures, which only a type has. */
export type UploadMeta = { key: string; sameName?: SameName; [more: string]: unknown }
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
  /** ids of files that are sent, or wait for their turn to be */
  #underWay = new Set<string>()
  /** the end of the last file of a key that is under way */
  #lastOf = new Map<string, Promise<void>>()

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

  /** Not `uppy.upload()`: that sends failed files again, and lets the others wait for them. */
  sendWaiting(): void {
    const waiting = this.uppy.getFiles().filter((file) => phaseOf(file) === 'waiting')
    void this.#upload(waiting.map(({ id }) => id).filter((id) => !this.#underWay.has(id)))
  }

  #upload = async (ids: string[]): Promise<void> => {
    const files = filterFilesToUpload(this.uppy.getFilesByIds(ids)) as QueuedFile[]
    // One that is sent again waits for its turn, too.
    const unsent = { uploadStarted: null, bytesUploaded: false, percentage: 0 } as const
    this.uppy.patchFilesState(
      Object.fromEntries(files.map(({ id, size }) => [id, { progress: { ...unsent, bytesTotal: size } }])),
    )
    await Promise.all(
      files.map(async (file) => {
        this.#underWay.add(file.id)
        await this.#afterOthersOf(file.meta.key, () => this.#send(file))
        this.#underWay.delete(file.id)
      }),
    )
  }

  async #send(file: QueuedFile): Promise<void> {
    const { id, data } = file
    // taken out while it waited for others of its name
    if (!this.uppy.getFile(id)) return
    const events = new EventManager(this.uppy)
    const leaving = new AbortController()
    const leave = () => leaving.abort()
    events.onFileRemove(id, leave)
    events.onCancelAll(id, leave)
    const upload = this.#uploadOf(file)
    try {
      const written = await this.#files.add(() => {
        leaving.signal.throwIfAborted()
        this.#begin(id)
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

  /** One file of a key at a time, in the order of their choice: the last one is what must lie there in the end. */
  async #afterOthersOf(key: string, send: () => Promise<void>): Promise<void> {
    const before = this.#lastOf.get(key) ?? Promise.resolve()
    const sending = before.then(send)
    this.#lastOf.set(key, sending)
    await sending
    if (this.#lastOf.get(key) === sending) this.#lastOf.delete(key)
  }

  #begin(id: string): void {
    const file = this.uppy.getFile(id)
    const { key, sameName } = file.meta
    // What failed before it must not be sent again after it.
    const overtaken = (other: typeof file) => other.meta.key === key && other.id !== id && other.error
    if (sameName === 'follows')
      this.uppy.removeFiles(
        this.uppy
          .getFiles()
          .filter(overtaken)
          .map((other) => other.id),
      )
    this.uppy.emit('upload-start', [file])
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
