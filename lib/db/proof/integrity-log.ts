import type { IntegrityLog } from '../../store/integrity-log.ts'
import type { Damage, Verdict, VersionIdentity } from '../../store/verdict.ts'
import type { Sqlite } from '../connections.ts'
import type { WriterQueue } from '../writer-queue.ts'
import { NO_TEXT, versionIdentities } from './version-identities.ts'

const OPEN = `SELECT finding_id AS findingId, damage FROM integrity_finding WHERE object_id = ? AND resolved_at IS NULL`

type Found = Pick<Verdict, 'steps' | 'damage' | 'damageCount'>

/** Findings: opened, renewed and closed as checks tell. */
export function sqliteIntegrityLog(reader: Sqlite, writer: Sqlite, queue: WriterQueue): IntegrityLog {
  const identities = versionIdentities(reader)
  const known = reader.prepare<[string], { findingId: number; damage: string }>(OPEN)
  const open = writer.prepare<[string], { findingId: number; damage: string }>(OPEN)
  const insert = writer.prepare(
    `INSERT INTO integrity_finding (object_id, project_id, bucket_id, bucket, key, version_id, size, mode, damage,
       damage_count, found_by, first_seen, last_seen)
     VALUES (@objectId, @projectId, @bucketId, @bucket, @key, @versionId, @size, @mode, @damage, @count, @by, @at, @at)`,
  )
  const renew = writer.prepare(
    `UPDATE integrity_finding SET project_id = @projectId, bucket_id = @bucketId, bucket = @bucket, key = @key,
       damage = @damage, damage_count = @count, last_seen = @at WHERE finding_id = @findingId`,
  )
  const close = writer.prepare(
    `UPDATE integrity_finding SET resolved_at = ?, resolution = 'passed' WHERE finding_id = ?`,
  )
  return {
    identify: async (bucketId, key, versionId) => identities.ofKey(bucketId, key, versionId),
    keep: async (identity, found, { at, by }) => {
      // Nearly every version is whole and was so before: no write for it.
      if (found.damageCount === 0 && known.get(identity.objectId) === undefined) return
      await queue.write(() => {
        const before = open.get(identity.objectId)
        if (found.damageCount > 0) {
          const values = bind(identity, found, at)
          if (before) renew.run({ ...values, findingId: before.findingId })
          else insert.run({ ...values, by })
        } else if (before && looksBetter(before.damage, found)) close.run(at, before.findingId)
      })
    },
  }
}

function bind(identity: VersionIdentity, { damage, damageCount }: Found, at: number) {
  const { projectId = null, size = null, mode = null, ...names } = identity
  return { ...names, projectId, size, mode, damage: JSON.stringify(damage), count: damageCount, at }
}

/** A check without the key says nothing of what only the key can tell. */
function looksBetter(damage: string, { steps }: Found): boolean {
  const looked = new Set(
    steps.filter(({ state }) => state === 'passed' || state === 'not-applicable').map(({ step }) => step),
  )
  return (JSON.parse(damage) as Damage[]).every(({ step }) => looked.has(step))
}

/** Closes findings of versions that were replaced or deleted; few are open, and each is one look. */
export function goneCloser(writer: Sqlite): (at: number) => void {
  const gone = writer.prepare(
    `UPDATE integrity_finding SET resolved_at = ?, resolution = 'gone' WHERE resolved_at IS NULL
       AND substr(object_id, 1, ${NO_TEXT.length}) <> '${NO_TEXT}'
       AND NOT EXISTS (SELECT 1 FROM object_version v WHERE v.object_id = integrity_finding.object_id)`,
  )
  const nameless = writer.prepare(
    `UPDATE integrity_finding SET resolved_at = ?, resolution = 'gone' WHERE resolved_at IS NULL
       AND substr(object_id, 1, ${NO_TEXT.length}) = '${NO_TEXT}'
       AND NOT EXISTS (SELECT 1 FROM object_version v WHERE typeof(v.object_id) = 'blob'
         AND lower(hex(v.object_id)) = substr(integrity_finding.object_id, ${NO_TEXT.length + 1}))`,
  )
  return (at) => {
    gone.run(at)
    nameless.run(at)
  }
}
