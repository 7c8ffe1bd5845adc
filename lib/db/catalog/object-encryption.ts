import { StoreError } from '../../errors.ts'
import type { BatchResult, Catalog, EncryptionChange, Guard } from '../../store/catalog.ts'
import type { ObjectRow, PartRow } from '../../store/model.ts'
import { batchResultRows } from '../../db/batch/result-rows.ts'
import { overwriting } from '../overwriting.ts'
import type { CatalogDb } from './catalog-db.ts'
import type { ObjectRows } from './objects.ts'
import { bindEncryption, bindEtag, ENCRYPTION_COLUMNS } from './column-groups.ts'
import { OBJECT_COLUMNS, toObject } from './object-rows.ts'
import { assignments, columnList } from './sql-text.ts'
import type { SqlRow } from './row-values.ts'

export type EncryptionMethods = Pick<Catalog, 'replaceEncryption' | 'replaceVersion'>

/** What a rewritten version gets anew; tags, dates, locks and its place among the versions stay in the row. */
const REWRITTEN_COLUMNS = [
  'object_id',
  'etag',
  'sealed_etag',
  ...ENCRYPTION_COLUMNS,
  'object_mac',
  'checksums',
  'part_count',
] as const

function rewritten(o: ObjectRow) {
  return [
    o.objectId,
    ...bindEtag(o.etag),
    ...bindEncryption(o.encryption),
    o.objectMac ?? null,
    o.checksums,
    o.partCount,
  ]
}

/** Changes of encryption where a version lies: its row is the same afterwards, so nobody sees it gone. */
export function encryptionMethods(db: CatalogDb, rows: Pick<ObjectRows, 'putPart'>): EncryptionMethods {
  const { writer, queue, usage, garbage } = db
  const results = batchResultRows(writer)
  const byId = writer.prepare<[string], SqlRow>(
    `SELECT ${columnList(OBJECT_COLUMNS)} FROM object_version WHERE object_id = ?`,
  )
  const rewrap = writer.prepare(
    `UPDATE object_version SET ${assignments(ENCRYPTION_COLUMNS)} WHERE object_id = ?`,
  )
  const rewrite = writer.prepare(
    `UPDATE object_version SET ${assignments(REWRITTEN_COLUMNS)} WHERE object_id = ?`,
  )

  const found = (objectId: string, guard: Guard | undefined): { row: SqlRow; current: ObjectRow } => {
    const row = byId.get(objectId)
    if (row === undefined) throw conflict()
    const current = toObject(row)
    guard?.(current)
    return { row, current }
  }
  const replaceEncryption = ({ objectId, from, to, guard, result }: EncryptionChange): void => {
    const { row, current } = found(objectId, guard)
    const { encryption } = current
    if (encryption.mode === 'none' || !encryption.wrappedDataKey.equals(from.wrappedDataKey)) throw conflict()
    rewrap.run(...bindEncryption(to), objectId)
    usage.change(row, to)
    if (result) results.add(result)
  }
  const replaceVersion = (
    objectId: string,
    object: ObjectRow,
    parts: readonly PartRow[],
    { guard, result }: { guard?: Guard | undefined; result?: BatchResult | undefined },
  ): void => {
    const { row, current } = found(objectId, guard)
    const swap = (): void => {
      rewrite.run(...rewritten(object), objectId)
      for (const part of parts) rows.putPart(part)
      garbage.collectObject(objectId)
    }
    // The open MD5 of what is encrypted now would let a thief of the file confirm guesses (etag.ts).
    if (current.encryption.mode === 'none') overwriting(writer, swap)
    else swap()
    usage.change(row, object.encryption)
    if (result) results.add(result)
  }
  return {
    replaceEncryption: (change) => queue.write(() => replaceEncryption(change)),
    replaceVersion: (objectId, object, parts, options = {}) =>
      queue.write(() => replaceVersion(objectId, object, parts, options)),
  }
}

function conflict(): StoreError {
  return new StoreError('ConditionalRequestConflict', 'The object was changed meanwhile. Please try again.')
}
