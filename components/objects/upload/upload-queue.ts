'use client'
import { Uppy } from '@uppy/core'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { leaveWhenSignedOut } from '@/components/shell/signed-out'
import type { UploadEncryption } from '@/lib/console/schemas'
import { chooseFiles } from './choose-files'
import { failureOfText } from './upload-failure'
import { FileUploader, type UploadBody, type UploadMeta, type UploadQueue } from './uploader-plugin'

export type QueuedUpload = ReturnType<UploadQueue['getFile']>

// Uppy would write every failed file to the browser's console; the list shows it.
const silent = { debug: () => {}, warn: () => {}, error: () => {} }

/** A queue of uploads into one folder of a bucket; it lives and dies with the component that made it. */
export function useUploadQueue(projectId: string, bucket: string, prefix: string) {
  const [uppy] = useState(() => makeQueue(projectId, bucket))
  const state = useSyncExternalStore(
    (listener) => uppy.store.subscribe(listener),
    () => uppy.getState(),
    () => uppy.getState(),
  )
  useEffect(() => {
    const leave = () => uppy.cancelAll()
    // The page is gone for good: whatever arrived of a large file must not stay behind.
    window.addEventListener('pagehide', leave)
    const failed = (_: unknown, { message }: Error) => leaveWhenSignedOut(failureOfText(message))
    uppy.on('upload-error', failed)
    return () => {
      uppy.off('upload-error', failed)
      window.removeEventListener('pagehide', leave)
      leave()
    }
  }, [uppy])
  return {
    files: Object.values<QueuedUpload>(state.files),
    add: (files: Iterable<File>) => chooseFiles(uppy, prefix, files),
    remove: (id: string) => uppy.removeFile(id),
    cancelAll: () => uppy.cancelAll(),
    retry: (id: string) => void uppy.retryUpload(id),
    retryFailed: () => void uppy.retryAll(),
    /** sends what waits; what is added later waits until it is called again */
    start: (encryption: UploadEncryption) => {
      const uploader = uppy.getPlugin<FileUploader>('FileUploader')
      uploader?.setOptions({ encryption })
      uploader?.sendWaiting()
    },
  }
}

export type Uploads = ReturnType<typeof useUploadQueue>

function makeQueue(project: string, bucket: string): UploadQueue {
  let added = 0
  return new Uppy<UploadMeta, UploadBody>({
    logger: silent,
    // Uppy takes files of one name, size and date for the same, capital or small letters: it would drop one in silence.
    onBeforeFileAdded: (file) => ({ ...file, id: `file-${++added}` }),
  }).use(FileUploader, { project, bucket, encryption: { kind: 'bucket-default' } })
}
