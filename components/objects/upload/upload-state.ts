import type { QueuedUpload } from './upload-queue'

export type UploadPhase = 'waiting' | 'sending' | 'storing' | 'done' | 'failed'

/** Where one file stands. All bytes sent is not yet done: the server still encrypts, syncs and commits. */
export function phaseOf(file: QueuedUpload): UploadPhase {
  if (file.error) return 'failed'
  if (file.progress.uploadComplete) return 'done'
  if (!file.progress.uploadStarted) return 'waiting'
  return file.size && file.progress.bytesUploaded === file.size ? 'storing' : 'sending'
}

export interface UploadTotals {
  files: number
  bytes: number
  sentBytes: number
  done: number
  /** fewer than `done` where a name was sent twice */
  stored: number
  failed: number
  /** some file is under way or waits for its turn after the start */
  running: boolean
}

export function totalsOf(files: readonly QueuedUpload[], started: boolean): UploadTotals {
  const totals: UploadTotals = {
    files: files.length,
    bytes: 0,
    sentBytes: 0,
    done: 0,
    stored: 0,
    failed: 0,
    running: false,
  }
  const stored = new Set<string>()
  for (const file of files) {
    const phase = phaseOf(file)
    const size = file.size ?? 0
    totals.bytes += size
    totals.sentBytes += phase === 'done' ? size : Math.min(size, file.progress.bytesUploaded || 0)
    if (phase === 'done') {
      totals.done++
      stored.add(file.meta.key)
    }
    if (phase === 'failed') totals.failed++
  }
  totals.stored = stored.size
  totals.running = started && totals.done + totals.failed < totals.files
  return totals
}

/** 0…100; files without bytes count by their number. */
export function percent({ bytes, sentBytes, done, files }: UploadTotals): number {
  if (bytes > 0) return Math.floor((100 * sentBytes) / bytes)
  return files > 0 ? Math.floor((100 * done) / files) : 0
}
