/**
 * Where ciphertext rests: immutable byte strings under ids of 32 hex digits. A store knows nothing of
 * encryption, names or owners. `conformance.ts` is the suite that every store passes.
 */
export interface BlobStore {
  /** Begins a new blob under an id never used before; nothing is readable under it before `commit`. @throws StoreError StorageFull */
  create(id: string): Promise<BlobWriter>
  /**
   * Reads `length` bytes from `offset` in pieces of up to about 1 MiB.
   * @throws StoreError ObjectCorrupt when the blob is missing or shorter than asked.
   */
  read(id: string, offset: number, length: number, lent?: LentPieces): AsyncIterable<Buffer>
  /** Bytes of a committed blob, or undefined when there is none. */
  size(id: string): Promise<number | undefined>
  /** Keeps these blobs readable until the answer is called, whatever is deleted meanwhile. */
  hold(ids: readonly string[]): () => void
  /** Removes a blob, or has it removed when nobody holds it any more; succeeds when it is not there. */
  delete(id: string): Promise<void>
  /**
   * Asked before anything new becomes part of the store, also what lies in rows: what is kept free is for deletions.
   * @throws StoreError StorageFull
   */
  requireRoom(bytes: number): Promise<void>
  /**
   * A row names these new blobs now, or it is not known whether one does: from here on a sweep may judge them. A blob that was
   * deleted or aborted is settled.
   */
  settle(ids: readonly string[]): void
  /**
   * Every committed blob but those that this process made and has not settled, however long ago: an object of many parts is
   * rewritten for days before its rows name the first. `modifiedAt` in ms since the epoch. For the orphan sweep.
   */
  list(): AsyncIterable<{ id: string; modifiedAt: number }>
  /** What was written on the whole of it: whose blobs these are. */
  label(): Promise<string | undefined>
  /** Durable, and never torn, once resolved. @throws StoreError StorageFull */
  setLabel(text: string): Promise<void>
  /** Start-up: removes what unfinished writers of an earlier process left. Returns how many. */
  recover(): Promise<number>
}

/**
 * Pieces that are the reader's until it asks for the next one: few buffers serve the whole reading, and stay in the
 * processor's cache. A store may cut otherwise than asked.
 */
export interface LentPieces {
  /** bytes of what a piece holds a whole number of; the last may be shorter */
  multipleOf: number
  /** bytes that the first has more */
  lead: number
}

export interface BlobWriter {
  readonly id: string
  /**
   * Appends the pieces in order. They belong to the writer from now on: it may still be writing them when
   * this resolves (backpressure, not completion), so the caller must not change them.
   * @throws StoreError StorageFull, also for an earlier piece
   */
  write(pieces: Buffer[]): Promise<void>
  /** Durable and visible once resolved: data synced, renamed, directory synced. */
  commit(): Promise<void>
  /** Leaves nothing behind; safe after any failure and after commit (then a no-op). */
  abort(): Promise<void>
}
