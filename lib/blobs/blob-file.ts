/** A new file on its way, which only grows. Failures are the system's own. */
export interface BlobFile {
  /** bytes may wait in the system's cache until somebody has them sent to the disk */
  readonly cached: boolean
  /** Takes every byte of the pieces, in order. @throws ENOSPC also for a disk that takes nothing and says nothing */
  append(pieces: readonly Buffer[]): Promise<void>
  /** Hands what is left to the system; nothing may be appended afterwards. */
  finish(): Promise<void>
  /** All that was handed over is on the disk. */
  sync(): Promise<void>
  close(): Promise<void>
}

/** A disk that takes nothing and says nothing would be asked for ever. */
export function tookNothing(): Error {
  return Object.assign(new Error('The disk took no bytes'), { code: 'ENOSPC' })
}

/** Waits for all even when one fails: what follows must not meet one still on its way. */
export async function allEnded(...steps: Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(steps)) {
    if (outcome.status === 'rejected') throw outcome.reason
  }
}
