import { StoreError } from '../../errors.ts'
import type { KeyChange, KeyEntry, KeyRepository, KeyRow, KeyVersionRow } from '../../keys/key-repository.ts'
import { insertInto } from '../catalog/sql-text.ts'
import type { Sqlite } from '../connections.ts'
import { overwriting } from '../overwriting.ts'
import type { WriterQueue } from '../writer-queue.ts'
import { keyRows } from './key-reads.ts'
import { bindGrant, bindKey, bindVersion, GRANT_COLUMNS, VERSION_COLUMNS } from './key-rows.ts'

const EMPTY = Buffer.alloc(0)

/** Every write of the key tables. Each is one transaction, in which `decide` sees what it is about to change. */
export function keyChanges(
  writer: Sqlite,
  queue: WriterQueue,
): Pick<KeyRepository, 'insertKey' | 'changeKey'> {
  const rows = keyRows(writer)
  const apply = changeSteps(writer)
  const dependents = countDependents(writer)

  const insert = (key: KeyRow, version: KeyVersionRow | undefined, aliases: string[]): void => {
    const { columns, values } = bindKey(key)
    writer.prepare(insertInto('kms_key', columns)).run(values)
    const addAlias = aliases.map((alias) => ({ addAlias: { alias, createdAt: key.createdAt } }))
    apply({ ...key, aliases }, { ...(version && { addVersion: version }) })
    for (const change of addAlias) apply({ ...key, aliases }, change)
  }
  const change = (keyId: string, decide: Parameters<KeyRepository['changeKey']>[1]): KeyEntry => {
    const key = rows.find(keyId)
    if (key === undefined) throw new StoreError('KeyNotFound', 'The key does not exist in this project.')
    const wanted = decide({
      key,
      versions: () => rows.versions(keyId),
      grants: () => rows.grants(keyId),
      dependents: () => dependents(keyId),
    })
    apply(key, wanted)
    return rows.find(keyId)!
  }
  return {
    insertKey: (key, version, aliases) => queue.write(() => insert(key, version, aliases)),
    changeKey: async (keyId, decide) => {
      let destroys = false
      const changed = await queue.write(() =>
        change(keyId, (current) => {
          const wanted = decide(current)
          destroys = wanted.destroyMaterial === true
          return wanted
        }),
      )
      if (destroys) await queue.exclusive(async () => emptyJournal(writer))
      return changed
    },
  }
}

/**
 * The write-ahead log still holds the pages as they were before the material was overwritten. A reader in the middle
 * of something keeps it from being emptied; nobody waits for him, as the log is emptied again soon.
 */
function emptyJournal(writer: Sqlite): void {
  const timeout = writer.pragma('busy_timeout', { simple: true }) as number
  writer.pragma('busy_timeout = 0')
  try {
    writer.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    writer.pragma(`busy_timeout = ${timeout}`)
  }
}

function changeSteps(writer: Sqlite): (key: KeyEntry, change: KeyChange) => void {
  const addVersion = writer.prepare(insertInto('key_version', VERSION_COLUMNS))
  const setMaterial = writer.prepare(
    'UPDATE key_version SET wrapped_material = ? WHERE key_id = ? AND version = ?',
  )
  const dropMaterial = writer.prepare('UPDATE key_version SET wrapped_material = ? WHERE key_id = ?')
  const addGrant = writer.prepare(insertInto('key_grant', GRANT_COLUMNS))
  const removeGrant = writer.prepare('DELETE FROM key_grant WHERE key_id = ? AND grant_id = ?')
  const removeNames = ['key_alias', 'key_grant'].map((table) =>
    writer.prepare(`DELETE FROM "${table}" WHERE key_id = ?`),
  )
  const aliasSteps = aliasChanges(writer)
  return (key, change) => {
    const { keyId } = key
    if (change.set !== undefined) setColumns(writer, keyId, change.set)
    if (change.addVersion !== undefined) addVersion.run(bindVersion(change.addVersion))
    if (change.setMaterial !== undefined)
      setMaterial.run(change.setMaterial.wrappedMaterial, keyId, change.setMaterial.version)
    if (change.destroyMaterial === true) overwriting(writer, () => dropMaterial.run(EMPTY, keyId))
    aliasSteps(key, change)
    if (change.removeGrant !== undefined && removeGrant.run(keyId, change.removeGrant).changes === 0)
      throw new StoreError('NoSuchGrant', 'The grant does not exist')
    if (change.addGrant !== undefined) addGrant.run(bindGrant(change.addGrant))
    if (change.removeNames === true) for (const removal of removeNames) removal.run(keyId)
  }
}

function aliasChanges(writer: Sqlite): (key: KeyEntry, change: KeyChange) => void {
  const taken = writer.prepare('SELECT 1 FROM key_alias WHERE project_id = ? AND alias = ?')
  const add = writer.prepare(
    'INSERT INTO key_alias (project_id, alias, key_id, created_at) VALUES (?, ?, ?, ?)',
  )
  const take = writer.prepare('UPDATE key_alias SET key_id = ? WHERE project_id = ? AND alias = ?')
  const remove = writer.prepare('DELETE FROM key_alias WHERE key_id = ? AND alias = ?')
  return ({ keyId, projectId }, { addAlias, takeAlias, removeAlias }) => {
    if (addAlias !== undefined) {
      if (taken.get(projectId, addAlias.alias) !== undefined) throw aliasTaken(addAlias.alias)
      add.run(projectId, addAlias.alias, keyId, addAlias.createdAt)
    }
    if (takeAlias !== undefined && take.run(keyId, projectId, takeAlias).changes === 0) throw noSuchAlias()
    if (removeAlias !== undefined && remove.run(keyId, removeAlias).changes === 0) throw noSuchAlias()
  }
}

function setColumns(writer: Sqlite, keyId: string, set: Partial<KeyRow>): void {
  const { columns, values } = bindKey(set)
  if (columns.length === 0) return
  const assignments = columns.map((column) => `"${column}" = ?`).join(', ')
  writer.prepare(`UPDATE kms_key SET ${assignments} WHERE key_id = ?`).run([...values, keyId])
}

/**
 * Counts the rows themselves, not the counters: what follows cannot be undone. The index begins with the bucket, so each
 * bucket and cipher costs a look.
 */
function countDependents(writer: Sqlite): (keyId: string) => { objects: number; uploads: number } {
  const count = writer.prepare<{ keyId: string }, { objects: number; uploads: number }>(
    `SELECT (SELECT COUNT(*) FROM bucket CROSS JOIN object_version INDEXED BY object_version_found USING (bucket_id)
               WHERE delete_marker = 0 AND mode = 'managed-key' AND suite IN ('AES256', 'SM4') AND key_id = @keyId) AS objects,
            (SELECT COUNT(*) FROM multipart_upload WHERE key_id = @keyId) AS uploads`,
  )
  return (keyId) => count.get({ keyId })!
}

function aliasTaken(alias: string): StoreError {
  return new StoreError('AliasAlreadyExists', `An alias with the name ${alias} already exists`, { alias })
}

function noSuchAlias(): StoreError {
  return new StoreError('NoSuchAlias', 'The alias does not exist in this project.')
}
