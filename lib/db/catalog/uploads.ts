import { StoreError } from '../../errors.ts'
import type { Catalog, Guard, UploadListPage, UploadListQuery } from '../../store/catalog.ts'
import type { ObjectRow, PartRow, UploadRow } from '../../store/model.ts'
import type { CatalogDb } from './catalog-db.ts'
import { afterPrefix, commonPrefixOf, isBefore, keyBytes } from './key-order.ts'
import type { ObjectRows } from './objects.ts'
import { PART_COLUMNS, toPart } from './part-rows.ts'
import { columnList, insertInto } from './sql-text.ts'
import { bindUpload, toUpload, UPLOAD_COLUMNS } from './upload-rows.ts'
import { count, type SqlRow } from './row-values.ts'

type UploadMethods = Pick<
  Catalog,
  | 'createUpload'
  | 'findUpload'
  | 'listUploads'
  | 'putPart'
  | 'listParts'
  | 'partTotals'
  | 'completeUpload'
  | 'abortUpload'
>

export function uploadMethods(db: CatalogDb, objects: ObjectRows): UploadMethods {
  const { reader, writer, queue, garbage } = db
  const select = `SELECT ${columnList(UPLOAD_COLUMNS)} FROM multipart_upload`
  const insert = writer.prepare(insertInto('multipart_upload', UPLOAD_COLUMNS))
  const find = reader.prepare<[string], SqlRow>(`${select} WHERE upload_id = ?`)
  const objectIdOf = writer.prepare<[string], { object_id: string }>(
    'SELECT object_id FROM multipart_upload WHERE upload_id = ?',
  )
  const remove = writer.prepare('DELETE FROM multipart_upload WHERE upload_id = ?')
  const numbers = writer.prepare<[string], { number: number }>('SELECT number FROM part WHERE object_id = ?')
  const finishPart = writer.prepare(
    'UPDATE part SET "offset" = ?, mac = ? WHERE object_id = ? AND number = ? AND blob_id = ?',
  )
  const page = reader.prepare<[string, number, number], SqlRow>(
    `SELECT ${columnList(PART_COLUMNS)} FROM part WHERE object_id = +? AND number > ? ORDER BY number LIMIT ?`,
  )
  const totals = reader.prepare<[string], SqlRow>(
    'SELECT COUNT(*) AS parts, COALESCE(SUM(size), 0) AS bytes FROM part WHERE object_id = +?',
  )

  const bucketExists = writer.prepare('SELECT 1 FROM bucket WHERE bucket_id = ?')

  const create = (upload: UploadRow): void => {
    if (bucketExists.get(upload.bucketId) === undefined)
      throw new StoreError('NoSuchBucket', 'The specified bucket does not exist')
    insert.run(bindUpload(upload))
  }
  const open = (uploadId: string): string => {
    const upload = objectIdOf.get(uploadId)
    if (upload === undefined)
      throw new StoreError('NoSuchUpload', 'The specified upload does not exist.', { uploadId })
    return upload.object_id
  }
  const putPart = (uploadId: string, part: PartRow): void => {
    open(uploadId)
    garbage.collectPart(part.objectId, part.number)
    objects.putPart(part)
  }
  const finish = (objectId: string, part: PartRow): void => {
    const { changes } = finishPart.run(part.offset, part.mac, objectId, part.number, part.blobId)
    // The part was uploaded again between the choice and this commit: its MAC would be of another blob.
    if (changes !== 1)
      throw new StoreError('InvalidPart', 'One or more of the specified parts could not be found.', {
        partNumber: part.number,
      })
  }
  const complete = (
    uploadId: string,
    object: ObjectRow,
    parts: PartRow[],
    guard: Guard | undefined,
  ): void => {
    const objectId = open(uploadId)
    objects.replace(object, guard, () => {
      for (const part of parts) finish(objectId, part)
    })
    const chosen = new Set(parts.map((part) => part.number))
    for (const { number } of numbers.all(objectId))
      if (!chosen.has(number)) garbage.collectPart(objectId, number)
    remove.run(uploadId)
  }
  return {
    createUpload: (upload) => queue.write(() => create(upload)),
    findUpload: async (uploadId) => {
      const row = find.get(uploadId)
      return row && toUpload(row)
    },
    listUploads: uploadLister(db, select),
    putPart: (uploadId, part) => queue.write(() => putPart(uploadId, part)),
    listParts: async (objectId, afterNumber, limit) => page.all(objectId, afterNumber, limit).map(toPart),
    partTotals: async (objectId) => {
      const row = totals.get(objectId)!
      return { parts: count(row, 'parts'), bytes: count(row, 'bytes') }
    },
    completeUpload: (uploadId, object, parts, guard) =>
      queue.write(() => complete(uploadId, object, parts, guard)),
    abortUpload: (uploadId) =>
      queue.write(() => {
        garbage.collectObject(open(uploadId))
        remove.run(uploadId)
      }),
  }
}

/** The same skip-scan as for objects, over (key, uploadId). */
function uploadLister({ reader }: CatalogDb, select: string): Catalog['listUploads'] {
  const scan = reader.prepare<{ bucket: string; lower: Buffer; afterUpload: string }, SqlRow>(
    `${select} WHERE bucket_id = +@bucket AND (key, upload_id) > (CAST(@lower AS TEXT), @afterUpload) ORDER BY key, upload_id`,
  )
  return async (query: UploadListQuery): Promise<UploadListPage> => {
    const { bucketId, prefix, delimiter, afterKey, afterUploadId, limit } = query
    const uploads: UploadRow[] = []
    const commonPrefixes: string[] = []
    const start = keyBytes(prefix)
    const listed = commonPrefixOf(afterKey, prefix, delimiter)
    let last = { key: afterKey, uploadId: afterUploadId }
    let position: { lower: Buffer; afterUpload: string } | undefined =
      listed !== undefined
        ? { lower: afterPrefix(listed)!, afterUpload: '' }
        : isBefore(keyBytes(afterKey), start)
          ? { lower: start, afterUpload: '' }
          : // A key marker without an upload marker skips all uploads of that key (S3 API, ListMultipartUploads).
            { lower: keyBytes(afterKey), afterUpload: afterUploadId || (afterKey === '' ? '' : '\u{10ffff}') }
    while (position !== undefined) {
      const bounds = { bucket: bucketId, ...position }
      position = undefined
      for (const row of scan.iterate(bounds)) {
        const upload = toUpload(row)
        if (!upload.key.startsWith(prefix)) break
        if (uploads.length + commonPrefixes.length >= limit) return { uploads, commonPrefixes, next: last }
        const commonPrefix = commonPrefixOf(upload.key, prefix, delimiter)
        if (commonPrefix !== undefined) {
          commonPrefixes.push(commonPrefix)
          last = { key: commonPrefix, uploadId: '' }
          position = { lower: afterPrefix(commonPrefix)!, afterUpload: '' }
          break
        }
        uploads.push(upload)
        last = { key: upload.key, uploadId: upload.uploadId }
      }
    }
    return { uploads, commonPrefixes, next: undefined }
  }
}
