import type { Catalog } from '../../store/catalog.ts'
import type { Sqlite } from '../connections.ts'
import type { WriterQueue } from '../writer-queue.ts'

/** Collecting blobs inside a transaction of somebody else's. */
export interface GarbageRows {
  /** Removes the parts of an object or upload; blobs that no other part names become garbage. */
  collectObject(objectId: string): void
  /** The same for one part. */
  collectPart(objectId: string, number: number): void
}

interface BlobOfPart {
  blob_id: string
  /** 0: its bytes went with the row, so there is nothing to collect */
  filed: 0 | 1
}

export function garbageRows(writer: Sqlite, graceMs: number): GarbageRows {
  const partsOf = writer.prepare<[string], BlobOfPart & { number: number }>(
    'SELECT number, blob_id, inline IS NULL AS filed FROM part WHERE object_id = ?',
  )
  const partOf = writer.prepare<[string, number], BlobOfPart>(
    'SELECT blob_id, inline IS NULL AS filed FROM part WHERE object_id = ? AND number = ?',
  )
  const remove = writer.prepare('DELETE FROM part WHERE object_id = ? AND number = ?')
  // Copies may share blobs, and readers of the old version may still run: hence the look and the grace, which
  // begins anew for a blob that was garbage, was named again and is given up once more.
  const discard = writer.prepare(
    'INSERT INTO garbage (blob_id, not_before) SELECT @blobId, @notBefore WHERE NOT EXISTS (SELECT 1 FROM part WHERE blob_id = @blobId) ON CONFLICT DO UPDATE SET not_before = excluded.not_before',
  )
  const collect = (objectId: string, number: number, part: BlobOfPart): void => {
    remove.run(objectId, number)
    if (part.filed === 1) discard.run({ blobId: part.blob_id, notBefore: Date.now() + graceMs })
  }
  return {
    collectObject: (objectId) => {
      for (const part of partsOf.all(objectId)) collect(objectId, part.number, part)
    },
    collectPart: (objectId, number) => {
      const part = partOf.get(objectId, number)
      if (part !== undefined) collect(objectId, number, part)
    },
  }
}

type GarbageMethods = Pick<Catalog, 'dueGarbage' | 'forgetGarbage' | 'referenced'>

export function garbageMethods(reader: Sqlite, writer: Sqlite, queue: WriterQueue): GarbageMethods {
  // The look again: what is handed out is deleted, and nothing may delete a blob that an object names.
  const due = reader.prepare<[number, number], { blob_id: string }>(
    'SELECT blob_id FROM garbage g WHERE not_before <= ? AND NOT EXISTS (SELECT 1 FROM part WHERE blob_id = g.blob_id) ORDER BY not_before LIMIT ?',
  )
  const forget = writer.prepare('DELETE FROM garbage WHERE blob_id = ?')
  const known = reader.prepare(
    'SELECT 1 WHERE EXISTS (SELECT 1 FROM part WHERE blob_id = @blobId) OR EXISTS (SELECT 1 FROM garbage WHERE blob_id = @blobId)',
  )
  return {
    dueGarbage: async (now, limit) => due.all(now, limit).map(({ blob_id }) => blob_id),
    forgetGarbage: (blobIds) =>
      queue.write(() => {
        for (const blobId of blobIds) forget.run(blobId)
      }),
    referenced: async (blobIds) => new Set(blobIds.filter((blobId) => known.get({ blobId }) !== undefined)),
  }
}
