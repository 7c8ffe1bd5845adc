import type { AuditRepository, ChainExtension, CountedUse } from '../../audit/audit-repository.ts'
import type { AuditHead, ChainEnd } from '../../audit/chain.ts'
import type { Sqlite } from '../connections.ts'
import type { WriterQueue } from '../writer-queue.ts'
import { COLUMNS, toRecord, toRow, type AuditRow } from './audit-rows.ts'
import { auditSearch } from './audit-search.ts'

/** Row of the setting table; JSON, bytes as hexadecimal digits. Read by scripts/audit-verify.mjs, too. */
const HEAD = 'audit-head'

const LAST = 'SELECT sequence, hash, at FROM audit_event ORDER BY sequence DESC LIMIT 1'
const ADD_USE = `INSERT INTO key_use (key_id, user_id, day, action, calls, denied) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (key_id, day, user_id, action)
  DO UPDATE SET calls = calls + excluded.calls, denied = denied + excluded.denied`
const USES = `SELECT k.key_id AS keyId, k.user_id AS userId, k.day, k.action, k.calls, k.denied,
    coalesce(u.name, u.email) AS userName
  FROM key_use k LEFT JOIN user u ON u.user_id = k.user_id
  WHERE k.key_id = +? AND k.day >= ? ORDER BY k.day, k.user_id, k.action`

/** The chain and the count of key uses: plain SQL on the driver, because every request adds to them. */
export function sqliteAudit(reader: Sqlite, writer: Sqlite, queue: WriterQueue): AuditRepository {
  const write = chainWriter(writer)
  const lastWritten = chainLast(writer)
  const last = chainLast(reader)
  const head = reader.prepare<[], { value: Buffer }>(`SELECT value FROM setting WHERE name = '${HEAD}'`)
  const uses = reader.prepare<[string, number], CountedUse & { userName: string | null }>(USES)
  const chain = reader.prepare<[number, number], AuditRow>(
    `SELECT ${COLUMNS.join(', ')} FROM audit_event WHERE sequence > ? ORDER BY sequence LIMIT ?`,
  )
  const search = auditSearch(reader)
  return {
    extend: (extend) =>
      queue.write(() => {
        const extension = extend(lastWritten.get())
        if (extension !== undefined) write(extension)
      }),
    end: async () => last.get(),
    head: async () => {
      const row = head.get()
      return row && headOf(row.value)
    },
    findBefore: async (filter, before, limit) => search.before(filter, before, limit),
    findAfter: async (filter, after, limit) => search.after(filter, after, limit),
    chain: async (after, limit) => chain.all(after, limit).map(toRecord),
    keyUses: async (keyId, fromDay) =>
      uses.all(keyId, fromDay).map((use) => ({ ...use, userName: use.userName ?? undefined })),
  }
}

/** The newest record of the chain. */
export function chainLast(db: Sqlite) {
  return db.prepare<[], ChainEnd & { at: number }>(LAST)
}

/** Adds records, the sealed end and the counts of uses; inside a transaction that read the end before. */
export function chainWriter(writer: Sqlite): (extension: ChainExtension) => void {
  const places = COLUMNS.map((column) => `@${column}`).join(', ')
  const insert = writer.prepare(`INSERT INTO audit_event (${COLUMNS.join(', ')}) VALUES (${places})`)
  const addUse = writer.prepare(ADD_USE)
  const setHead = writer.prepare(
    `INSERT INTO setting (name, value) VALUES ('${HEAD}', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  )
  return ({ records, head, uses }) => {
    for (const record of records) insert.run(toRow(record))
    for (const { keyId, userId, day, action, calls, denied } of uses)
      addUse.run(keyId, userId, day, action, calls, denied)
    setHead.run(headBytes(head))
  }
}

function headBytes({ sequence, hash, mac }: AuditHead): Buffer {
  return Buffer.from(JSON.stringify({ sequence, hash: hash.toString('hex'), mac: mac.toString('hex') }))
}

/** A head that somebody edited must not be genuine; it must not stop the server either. */
function headOf(value: Buffer): AuditHead {
  const { sequence, hash, mac } = parsed(value)
  return {
    sequence: Number.isSafeInteger(sequence) ? Number(sequence) : 0,
    hash: Buffer.from(String(hash), 'hex'),
    mac: Buffer.from(String(mac), 'hex'),
  }
}

function parsed(value: Buffer): { sequence?: unknown; hash?: unknown; mac?: unknown } {
  try {
    const content: unknown = JSON.parse(value.toString())
    return typeof content === 'object' && content !== null ? content : {}
  } catch {
    return {}
  }
}
