import type { KeyEntry, KeyRepository } from '../../keys/key-repository.ts'
import { columnList } from '../catalog/sql-text.ts'
import type { SqlRow } from '../catalog/row-values.ts'
import type { Sqlite } from '../connections.ts'
import {
  GRANT_COLUMNS,
  KEY_COLUMNS,
  toAlias,
  toGrant,
  toKey,
  toVersion,
  VERSION_COLUMNS,
} from './key-rows.ts'

const KEYS = `SELECT ${columnList(KEY_COLUMNS)} FROM kms_key`
const VERSIONS = `SELECT ${columnList(VERSION_COLUMNS)} FROM key_version`
const GRANTS = `SELECT ${columnList(GRANT_COLUMNS)} FROM key_grant`
const ALIASES = 'SELECT project_id, alias, key_id, created_at FROM key_alias'

type Reads = Pick<
  KeyRepository,
  | 'findKey'
  | 'findKeyByAlias'
  | 'findDefaultKey'
  | 'listKeys'
  | 'allKeys'
  | 'findVersion'
  | 'listVersions'
  | 'listAliases'
  | 'listGrants'
  | 'findGrantByToken'
  | 'dueKeys'
>

/** What a change sees inside its transaction, and the reads outside see of what was committed: on one connection. */
export function keyRows(db: Sqlite) {
  const key = db.prepare<[string], SqlRow>(`${KEYS} WHERE key_id = ?`)
  const aliases = db.prepare<[string], { alias: string }>(
    'SELECT alias FROM key_alias WHERE key_id = +? ORDER BY alias',
  )
  const versions = db.prepare<[string], SqlRow>(`${VERSIONS} WHERE key_id = +? ORDER BY version`)
  const grants = db.prepare<[string], SqlRow>(`${GRANTS} WHERE key_id = +? ORDER BY created_at, grant_id`)
  const entry = (row: SqlRow): KeyEntry => {
    const found = toKey(row)
    return { ...found, aliases: aliases.all(found.keyId).map(({ alias }) => alias) }
  }
  return {
    entry,
    find: (keyId: string): KeyEntry | undefined => optional(key.get(keyId), entry),
    versions: (keyId: string) => versions.all(keyId).map(toVersion),
    grants: (keyId: string) => grants.all(keyId).map(toGrant),
  }
}

export function keyReads(reader: Sqlite): Reads {
  const rows = keyRows(reader)
  const byAlias = reader.prepare<[string, string], SqlRow>(
    `${KEYS} WHERE key_id = (SELECT key_id FROM key_alias WHERE project_id = ? AND alias = ?)`,
  )
  const byDefault = reader.prepare<[string], SqlRow>(`${KEYS} WHERE project_id = ? AND is_default = 1`)
  const ofProject = reader.prepare<[string], SqlRow>(
    `${KEYS} WHERE project_id = +? ORDER BY created_at, key_id`,
  )
  const all = reader.prepare<[], SqlRow>(`${KEYS} ORDER BY created_at, key_id`)
  const version = reader.prepare<[string, number], SqlRow>(`${VERSIONS} WHERE key_id = ? AND version = ?`)
  const aliases = reader.prepare<[string], SqlRow>(`${ALIASES} WHERE project_id = +? ORDER BY alias`)
  const byToken = reader.prepare<[Buffer], SqlRow>(`${GRANTS} WHERE token_hash = ?`)
  const due = reader.prepare<{ now: number; limit: number }, { key_id: string }>(
    `SELECT key_id FROM kms_key WHERE (next_rotation_at <= @now AND state = 'Enabled')
     OR (deletion_at <= @now AND state = 'PendingDeletion')
     OR (valid_to <= @now AND state IN ('Enabled', 'Disabled', 'PendingDeletion')) ORDER BY key_id LIMIT @limit`,
  )
  return {
    findKey: async (keyId) => rows.find(keyId),
    findKeyByAlias: async (projectId, alias) => optional(byAlias.get(projectId, alias), rows.entry),
    findDefaultKey: async (projectId) => optional(byDefault.get(projectId), rows.entry),
    listKeys: async (projectId) => ofProject.all(projectId).map(rows.entry),
    allKeys: async () => all.all().map(rows.entry),
    findVersion: async (keyId, number) => optional(version.get(keyId, number), toVersion),
    listVersions: async (keyId) => rows.versions(keyId),
    listAliases: async (projectId) => aliases.all(projectId).map(toAlias),
    listGrants: async (keyId) => rows.grants(keyId),
    findGrantByToken: async (tokenHash) => optional(byToken.get(tokenHash), toGrant),
    dueKeys: async (now, limit) => due.all({ now, limit }).map(({ key_id }) => key_id),
  }
}

function optional<T>(row: SqlRow | undefined, convert: (row: SqlRow) => T): T | undefined {
  return row && convert(row)
}
