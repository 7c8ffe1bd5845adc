'use client'
import { Uppy } from '@uppy/core'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useProject } from '@/components/shell/me'
import type { UploadEncryption } from '@/lib/console/schemas'
import { FileUploader, type UploadBody, type UploadMeta, type UploadQueue } from './uploader-plugin'

export type QueuedUpload = ReturnType<UploadQueue['getFile']>

// Uppy would write every failed file to the browser's console; the list shows it.
const silent = { debug: () => {}, warn: () => {}, error: () => {} }

/** A queue of uploads into one folder of a bucket; it lives and dies with the component that made it. */
export function useUploadQueue(bucket: string, prefix: string) {
  const { projectId } = useProject()
  const [uppy] = useState(() =>
    new Uppy<UploadMeta, UploadBody>({ logger: silent }).use(FileUploader, {
      project: projectId,
      bucket,
      encryption: { kind: 'bucket-default' },
    }),
  )
  const state = useSyncExternalStore(
    (listener) => uppy.store.subscribe(listener),
    () => uppy.getState(),
    () => uppy.getState(),
  )
  useEffect(() => {
    const leave = () => uppy.cancelAll()
    // The page is gone for good: whatever arrived of a large file must not stay behind.
    window.addEventListener('pagehide', leave)
    return () => {
      window.removeEventListener('pagehide', leave)
      leave()
    }
  }, [uppy])
  return {
    files: Object.values<QueuedUpload>(state.files),
    add: (files: Iterable<File>) => addFiles(uppy, prefix, files),
    remove: (id: string) => uppy.removeFile(id),
    cancelAll: () => uppy.cancelAll(),
    retry: (id: string) => void uppy.retryUpload(id),
    retryFailed: () => void uppy.retryAll(),
    start: (encryption: UploadEncryption) => {
      uppy.getPlugin('FileUploader')?.setOptions({ encryption })
      return uppy.upload()
    },
  }
}

export type Uploads = ReturnType<typeof useUploadQueue>

function addFiles(uppy: UploadQueue, prefix: string, files: Iterable<File>): void {
  uppy.addFiles(
    Array.from(files, (file) => {
      const path = pathOf(file)
      return {
        data: file,
        name: file.name,
        type: file.type,
        source: 'local',
        meta: { key: prefix + path, relativePath: path },
      }
    }),
  )
}

/** Where a file lay in the folder it came with: from a drop, or from a folder picker; else just its name. */
function pathOf(file: File): string {
  const dropped = 'relativePath' in file && typeof file.relativePath === 'string' ? file.relativePath : ''
  return (dropped || file.webkitRelativePath || file.name).replace(/^\/+/, '')
}
