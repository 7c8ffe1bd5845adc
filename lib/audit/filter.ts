import type { AuditFilter } from './audit-repository.ts'
import type { AuditRecord } from './model.ts'

/** Whether a record is what is looked for; the database's search says the same in SQL. */
export function fits(filter: AuditFilter, record: AuditRecord): boolean {
  const { from, to, keyId, userId, accessKeyId, action, result, bucket, objectPrefix } = filter
  return (
    record.projectId === filter.projectId &&
    (from === undefined || record.at >= from) &&
    (to === undefined || record.at < to) &&
    (keyId === undefined || record.keyId === keyId) &&
    (userId === undefined || record.actor.userId === userId) &&
    (accessKeyId === undefined || record.actor.accessKeyId === accessKeyId) &&
    (action === undefined || record.action.startsWith(action)) &&
    (result === undefined || (result === 'success') === (record.result === 'Success')) &&
    (bucket === undefined || record.bucket === bucket) &&
    (objectPrefix === undefined || (record.objectKey?.startsWith(objectPrefix) ?? false))
  )
}
