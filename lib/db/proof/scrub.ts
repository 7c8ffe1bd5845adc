import type { ScrubbedRows, ScrubKeyUse, ScrubRepository, ScrubRound } from '../../jobs/scrub-repository.ts'
import type { PartRow } from '../../store/model.ts'
import { BUCKET_COLUMNS, toBucket } from '../catalog/bucket-rows.ts'
import { OBJECT_COLUMNS, toObject } from '../catalog/object-rows.ts'
import { PART_COLUMNS, toPart } from '../catalog/part-rows.ts'
import { columnList } from '../catalog/sql-text.ts'
import { damaged, type SqlRow } from '../catalog/row-values.ts'
import type { Sqlite } from '../connections.ts'
import type { WriterQueue } from '../writer-queue.ts'
import { goneCloser } from './integrity-log.ts'
import { versionIdentities } from './version-identities.ts'

/** Rounds whose figures are kept. */
const ROUNDS_KEPT = 24

export const ROUND = `SELECT round_id AS roundId, started_at AS startedAt, finished_at AS finishedAt, first_row AS firstRow,
  last_row AS lastRow, position FROM scrub_round`

export type RoundRow = Omit<ScrubRound, 'finishedAt'> & { finishedAt: number | null }

export function toRound(row: RoundRow | undefined): ScrubRound | undefined {
  return row && { ...row, finishedAt: row.finishedAt ?? undefined }
}

/** Rounds of the scrub, and the rows that they walk through. */
export function sqliteScrub(reader: Sqlite, writer: Sqlite, queue: WriterQueue): ScrubRepository {
  const open = `${ROUND} WHERE finished_at IS NULL ORDER BY round_id LIMIT 1`
  const opened = reader.prepare<[], RoundRow>(open)
  const openedInside = writer.prepare<[], RoundRow>(open)
  const finished = reader.prepare<[], RoundRow>(
    `${ROUND} WHERE finished_at IS NOT NULL ORDER BY round_id DESC LIMIT 1`,
  )
  const begin = writer.prepare<[number]>(
    `INSERT INTO scrub_round (started_at, first_row, last_row, position)
     SELECT ?, IFNULL(MIN(rowid), 1), IFNULL(MAX(rowid), 0), IFNULL(MIN(rowid), 1) - 1 FROM object_version`,
  )
  const rows = reader
    .prepare<[number, number, number], number>(
      `SELECT rowid FROM object_version WHERE rowid > ? AND rowid <= ? AND delete_marker <> 1 ORDER BY rowid LIMIT ?`,
    )
    .pluck()
  const uses = reader.prepare<[number], ScrubKeyUse>(
    `SELECT project_id AS projectId, key_id AS keyId, uses, refused FROM scrub_key_use WHERE round_id = ?`,
  )
  const finish = writer.prepare(`UPDATE scrub_round SET finished_at = ? WHERE round_id = ?`)
  const identities = versionIdentities(reader)
  const closeGone = goneCloser(writer)
  const progress = progressWriter(writer)
  const prune = pruner(writer)
  return {
    openRound: async () => toRound(opened.get()),
    lastFinished: async () => toRound(finished.get()),
    beginRound: (at) =>
      queue.write(() => {
        if (openedInside.get() === undefined) begin.run(at)
        return toRound(openedInside.get())!
      }),
    rowsAfter: async (position, lastRow, limit) => rows.all(position, lastRow, limit),
    readVersion: versionReader(reader),
    identify: async (row) => identities.ofRow(row),
    advance: (roundId, done) => queue.write(() => progress(roundId, done)),
    keyUses: async (roundId) => uses.all(roundId),
    finishRound: (roundId, at) =>
      queue.write(() => {
        finish.run(at, roundId)
        prune(roundId - ROUNDS_KEPT)
      }),
    closeGone: (at) => queue.write(() => closeGone(at)),
  }
}

function progressWriter(
  writer: Sqlite,
): (roundId: number, done: Parameters<ScrubRepository['advance']>[1]) => void {
  const move = writer.prepare(`UPDATE scrub_round SET position = ? WHERE round_id = ?`)
  const tally = writer.prepare(
    `INSERT INTO scrub_tally (round_id, project_id, objects, bytes, without_key, unchecked, damaged)
     VALUES (@roundId, @projectId, @objects, @bytes, @withoutKey, @unchecked, @damaged)
     ON CONFLICT DO UPDATE SET objects = objects + excluded.objects, bytes = bytes + excluded.bytes,
       without_key = without_key + excluded.without_key, unchecked = unchecked + excluded.unchecked,
       damaged = damaged + excluded.damaged`,
  )
  const use = writer.prepare(
    `INSERT INTO scrub_key_use (round_id, project_id, key_id, uses, refused)
     VALUES (@roundId, @projectId, @keyId, @uses, @refused)
     ON CONFLICT DO UPDATE SET uses = uses + excluded.uses, refused = refused + excluded.refused`,
  )
  return (roundId, { position, tallies, keyUses }) => {
    move.run(position, roundId)
    for (const [projectId, counts] of tallies) tally.run({ roundId, projectId, ...counts })
    for (const each of keyUses) use.run({ roundId, ...each })
  }
}

function pruner(writer: Sqlite): (upTo: number) => void {
  const statements = ['scrub_key_use', 'scrub_tally', 'scrub_round'].map((table) =>
    writer.prepare(`DELETE FROM ${table} WHERE round_id <= ?`),
  )
  return (upTo) => statements.forEach((statement) => statement.run(upTo))
}

function versionReader(reader: Sqlite): ScrubRepository['readVersion'] {
  const find = reader.prepare<[number], SqlRow>(
    `SELECT ${columnList(OBJECT_COLUMNS)} FROM object_version WHERE rowid = ?`,
  )
  const bucketOf = reader.prepare<[string], SqlRow>(
    `SELECT ${columnList(BUCKET_COLUMNS)} FROM bucket WHERE bucket_id = ?`,
  )
  const partsOf = reader.prepare<[string], SqlRow>(
    `SELECT ${columnList(PART_COLUMNS)} FROM part WHERE object_id = +? ORDER BY number`,
  )
  return async (number): Promise<ScrubbedRows | 'gone'> => {
    const found = find.get(number)
    if (found === undefined) return 'gone'
    const row = toObject(found)
    const bucket = bucketOf.get(row.bucketId)
    if (bucket === undefined) throw damaged('bucket_id')
    return { bucket: toBucket(bucket), row, parts: partsOrNone(partsOf.all(row.objectId)) }
  }
}

function partsOrNone(rows: SqlRow[]): PartRow[] | undefined {
  try {
    return rows.map(toPart)
  } catch {
    return undefined
  }
}
