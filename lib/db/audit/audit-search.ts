import type { AuditFilter, FoundRecord, FoundRecords } from '../../audit/audit-repository.ts'
import type { Sqlite } from '../connections.ts'
import { COLUMNS, toRecord, type AuditRow } from './audit-rows.ts'

/** Rows that one piece of a search looks at, at most: a few milliseconds. */
const WINDOW = 10_000

type Value = string | number
type FoundRow = AuditRow & { actor_name: string | null }

type Statement = ReturnType<typeof statementOf>

/** Conditions of SQL with their values, in the order of their question marks. */
interface Where {
  conditions: string[]
  values: Value[]
}

/** Searches of the log, a window of rows at a time, by the index of the project or of the key. */
export function auditSearch(reader: Sqlite) {
  const statements = new Map<string, Statement>()
  const prepared = (sql: string): Statement => {
    const known = statements.get(sql) ?? statementOf(reader, sql)
    statements.set(sql, known)
    return known
  }
  const find = (filter: AuditFilter, from: number, limit: number, newestFirst: boolean): FoundRecords => {
    const [beyond, within, order] = newestFirst
      ? (['<', '>=', 'DESC'] as const)
      : (['>', '<=', 'ASC'] as const)
    const scope = scopeOf(filter)
    const edge = prepared(
      `SELECT sequence FROM audit_event e WHERE ${scope.conditions.join(' AND ')} AND sequence ${beyond} ?
       ORDER BY sequence ${order} LIMIT 1 OFFSET ${WINDOW - 1}`,
    ).get(...scope.values, from) as { sequence: number } | undefined
    const rest = restOf(filter)
    if (edge !== undefined) {
      rest.conditions.push(`sequence ${within} ?`)
      rest.values.push(edge.sequence)
    }
    const rows = prepared(
      `SELECT ${COLUMNS.map((column) => `e.${column}`).join(', ')}, coalesce(u.name, u.email) AS actor_name
       FROM audit_event e LEFT JOIN user u ON u.user_id = e.user_id
       WHERE ${[...scope.conditions, `sequence ${beyond} ?`, ...rest.conditions].join(' AND ')}
       ORDER BY sequence ${order} LIMIT ?`,
    ).all(...scope.values, from, ...rest.values, limit) as FoundRow[]
    const full = rows.length === limit ? rows.at(-1)?.sequence : undefined
    return { records: rows.map(toFound), scannedTo: full ?? edge?.sequence }
  }
  return {
    before: (filter: AuditFilter, before: number, limit: number) => find(filter, before, limit, true),
    after: (filter: AuditFilter, after: number, limit: number) => find(filter, after, limit, false),
  }
}

function statementOf(db: Sqlite, sql: string) {
  return db.prepare<Value[]>(sql)
}

/** What an index knows. */
function scopeOf({ projectId, keyId }: AuditFilter): Where {
  const where: Where = { conditions: [], values: [] }
  if (projectId === undefined) where.conditions.push('e.project_id IS NULL')
  else add(where, 'e.project_id = +?', projectId)
  if (keyId !== undefined) add(where, 'e.key_id = +?', keyId)
  return where
}

function restOf(filter: AuditFilter): Where {
  const { from, to, userId, accessKeyId, action, result, bucket, objectPrefix } = filter
  const where: Where = { conditions: [], values: [] }
  if (from !== undefined) add(where, 'e.at >= ?', from)
  if (to !== undefined) add(where, 'e.at < ?', to)
  if (userId !== undefined) add(where, 'e.user_id = ?', userId)
  if (accessKeyId !== undefined) add(where, 'e.access_key_id = ?', accessKeyId)
  if (action !== undefined) addPrefix(where, 'e.action', action)
  if (result !== undefined) where.conditions.push(`e.result ${result === 'success' ? '=' : '<>'} 'Success'`)
  if (bucket !== undefined) add(where, 'e.bucket = ?', bucket)
  if (objectPrefix !== undefined) addPrefix(where, 'e.object_key', objectPrefix)
  return where
}

function add(where: Where, condition: string, ...values: Value[]): void {
  where.conditions.push(condition)
  where.values.push(...values)
}

/** Not LIKE: names may hold its wildcards, and it knows no case. */
function addPrefix(where: Where, column: string, prefix: string): void {
  add(where, `substr(${column}, 1, length(?)) = ?`, prefix, prefix)
}

function toFound(row: FoundRow): FoundRecord {
  return { ...toRecord(row), actorName: row.actor_name ?? undefined }
}
