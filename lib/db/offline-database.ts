import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import type { BackupFacts, BackupRecord, VerifiedRecord } from '../backup/backup-record.ts'
import type { StoredObject } from '../backup/decrypt-object.ts'
import type { ProjectFacts, StoredKeys } from '../backup/key-backup.ts'
import type { WrappedSample } from '../backup/verify-backup.ts'
import { BUCKET_COLUMNS, toBucket } from './catalog/bucket-rows.ts'
import { OBJECT_COLUMNS, toObject } from './catalog/object-rows.ts'
import { PART_COLUMNS, toPart } from './catalog/part-rows.ts'
import { columnList } from './catalog/sql-text.ts'
import type { SqlRow } from './catalog/row-values.ts'
import type { Sqlite } from './connections.ts'
import { DatabaseError } from './database-error.ts'
import { explained } from './explain-sqlite.ts'
import { keyRows } from './keys/key-reads.ts'
import { refuseUnlessMigrated } from './migrate.ts'
import { backupFactsOf, BACKUP_MADE, BACKUP_VERIFIED } from './backup-records.ts'

/**
 * A database as the commands see it: beside a running server, or a copy on another machine. Reading waits for nobody and
 * keeps nobody waiting (WAL).
 */
export interface OfflineDatabase {
  /** keys, versions and aliases at one moment */
  storedKeys(): StoredKeys
  backupFacts(): BackupFacts
  /** one data key for each key version, service key period and suite */
  samples(): WrappedSample[]
  /** object versions that only their owners' keys open */
  customerKeyObjects(): number
  /** `versionId` undefined: the current version */
  findObject(bucket: string, key: string, versionId?: string): StoredObject | undefined
  close(): void
}

const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations/sqlite', import.meta.url))
/** ms to wait for a commit of the server's; it takes a few */
const PATIENCE = 10_000

/** @throws DatabaseError when there is none, or it is not of this version */
export function openOffline(file: string): OfflineDatabase {
  const db = connectOffline(file, { readonly: true })
  try {
    refuseUnlessMigrated(db, MIGRATIONS)
    return {
      storedKeys: storedKeysOf(db),
      backupFacts: backupFactsOf(db),
      samples: samplesOf(db),
      customerKeyObjects: () =>
        db
          .prepare<[], number>(`SELECT COUNT(*) FROM object_version WHERE mode = 'customer-key'`)
          .pluck()
          .get()!,
      findObject: findObjectOf(db),
      close: () => void db.close(),
    }
  } catch (error) {
    db.close()
    throw unreadable(file, error)
  }
}

/**
 * Which root a database belongs to, whatever version it is of: a restore must not ask that Coffer be started on it
 * first, which needs the root.
 * @throws DatabaseError when there is none, or it cannot be read
 */
export function offlineRootCheckValue(file: string): Buffer | undefined {
  const db = connectOffline(file, { readonly: true })
  try {
    return rootCheckValueOf(db)()
  } catch (error) {
    throw unreadable(file, error)
  } finally {
    db.close()
  }
}

function rootCheckValueOf(db: Sqlite): () => Buffer | undefined {
  const find = db.prepare<[string], Buffer>('SELECT value FROM setting WHERE name = ?').pluck()
  return () => find.get('root-check-value')
}

/** Its journal is a file beside it, which readers make too when it is missing. */
function unreadable(file: string, error: unknown): unknown {
  if (!(error instanceof Database.SqliteError) || !/^SQLITE_(CANTOPEN|READONLY)/.test(error.code))
    return explained(file, error)
  return new DatabaseError(
    `The database ${file} cannot be read by this user (${error.code}).`,
    'Run the command as the account that runs Coffer; or copy the database, with coffer.db-wal if there is one, to a folder that this user may write to.',
  )
}

/** One short transaction beside the server's; durable when this returns. @throws DatabaseError, also when it has no room */
export function rememberBackup(file: string, record: BackupRecord): void {
  remember(file, BACKUP_MADE, record)
}

/** As `rememberBackup`. */
export function rememberVerification(file: string, record: VerifiedRecord): void {
  remember(file, BACKUP_VERIFIED, record)
}

function remember(file: string, name: string, record: BackupRecord): void {
  const db = connectOffline(file, { readonly: false })
  try {
    db.pragma('synchronous = FULL')
    db.prepare(
      'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    ).run(name, Buffer.from(JSON.stringify(record)))
  } catch (error) {
    throw explained(file, error)
  } finally {
    db.close()
  }
}

/** @throws DatabaseError when there is no database */
export function requireDatabase(file: string): void {
  if (existsSync(file)) return
  throw new DatabaseError(
    `There is no database at ${file}.`,
    'Check COFFER_DATA_DIR, or the name of the copy.',
  )
}

/** A connection beside the server's. @throws DatabaseError when there is no database */
export function connectOffline(file: string, { readonly }: { readonly: boolean }): Sqlite {
  requireDatabase(file)
  try {
    return new Database(file, { readonly, fileMustExist: true, timeout: PATIENCE })
  } catch (error) {
    throw unreadable(file, error)
  }
}

function storedKeysOf(db: Sqlite): () => StoredKeys {
  const rows = keyRows(db)
  const ids = db.prepare<[], string>('SELECT key_id FROM kms_key ORDER BY created_at, key_id').pluck()
  const rootCheckValue = rootCheckValueOf(db)
  const projects = db.prepare<[], ProjectFacts>(
    'SELECT project_id AS projectId, name, account_number AS accountNumber FROM project ORDER BY created_at, project_id',
  )
  return db.transaction(() => ({
    rootCheckValue: rootCheckValue(),
    projects: projects.all(),
    keys: ids.all().map((keyId) => ({ ...rows.find(keyId)!, versions: rows.versions(keyId) })),
  }))
}

function samplesOf(db: Sqlite): () => WrappedSample[] {
  const ids = db
    .prepare<[], string>(
      `SELECT MIN(object_id) FROM object_version WHERE mode IN ('service-key', 'managed-key')
       GROUP BY key_id, key_version, suite`,
    )
    .pluck()
  const find = db.prepare<[string], SqlRow>(
    `SELECT ${columnList(OBJECT_COLUMNS)} FROM object_version WHERE object_id = ?`,
  )
  const projectOf = db.prepare<[string], string>('SELECT project_id FROM bucket WHERE bucket_id = ?').pluck()
  const sample = (objectId: string): WrappedSample[] => {
    const { bucketId, key, encryption } = toObject(find.get(objectId)!)
    const projectId = projectOf.get(bucketId)
    if (projectId === undefined || encryption.mode === 'none' || encryption.mode === 'customer-key') return []
    return [{ projectId, place: { bucketId, objectKey: key, objectId }, record: encryption }]
  }
  return db.transaction(() => ids.all().flatMap(sample))
}

function findObjectOf(db: Sqlite): OfflineDatabase['findObject'] {
  const bucketByName = db.prepare<[string], SqlRow>(
    `SELECT ${columnList(BUCKET_COLUMNS)} FROM bucket WHERE name = ?`,
  )
  const current = db.prepare<[string, string], SqlRow>(
    `SELECT ${columnList(OBJECT_COLUMNS)} FROM object_version WHERE bucket_id = ? AND key = ? AND current = 1`,
  )
  const version = db.prepare<[string, string, string], SqlRow>(
    `SELECT ${columnList(OBJECT_COLUMNS)} FROM object_version WHERE bucket_id = ? AND key = ? AND version_id = ?`,
  )
  const parts = db.prepare<[string], SqlRow>(
    `SELECT ${columnList(PART_COLUMNS)} FROM part WHERE object_id = +? ORDER BY number`,
  )
  return db.transaction((bucketName: string, key: string, versionId?: string) => {
    const bucketRow = bucketByName.get(bucketName)
    const bucket = bucketRow && toBucket(bucketRow)
    const row =
      bucket &&
      (versionId === undefined
        ? current.get(bucket.bucketId, key)
        : version.get(bucket.bucketId, key, versionId))
    if (bucket === undefined || row === undefined) return undefined
    const object = toObject(row)
    return { bucket, object, parts: parts.all(object.objectId).map(toPart) }
  })
}
