import type { ProjectFilter } from '@/lib/accounts/audit-reading'
import type { FoundRecord } from '@/lib/audit/audit-repository'
import type { KeyUsage } from '@/lib/audit/key-usage'
import type * as json from '@/lib/console/schemas-audit'
import type { KeyUsage as KeyUsageJson } from '@/lib/console/schemas-keys'
import type { z } from 'zod'

/** The log as the console's JSON (lib/console/schemas-audit.ts), field by field: nothing slips out unseen. */
export function auditRecordJson(record: FoundRecord): json.AuditRecord {
  const { sequence, at, actor, action, keyId, keyVersion, bucket, objectKey, result, requestId } = record
  const { userId, accessKeyId, sourceAddress } = actor
  return {
    sequence,
    at,
    ...(userId !== undefined && { userId }),
    ...(accessKeyId !== undefined && { accessKeyId }),
    ...(sourceAddress !== undefined && { sourceAddress }),
    action,
    ...(keyId !== undefined && { keyId }),
    ...(keyVersion !== undefined && { keyVersion }),
    ...(bucket !== undefined && { bucket }),
    ...(objectKey !== undefined && { objectKey }),
    result,
    ...(requestId !== undefined && { requestId }),
    details: record.details,
    previousHash: record.previousHash.toString('hex'),
    hash: record.hash.toString('hex'),
  }
}

/** What the query asks for, in the words of the log. */
export function auditFilterOf(query: z.output<typeof json.auditFilterSchema>): ProjectFilter {
  const { objectKey: objectPrefix, result, from, to, action, userId, accessKeyId, keyId, bucket } = query
  const outcome = result === 'all' ? undefined : result
  return { objectPrefix, result: outcome, from, to, action, userId, accessKeyId, keyId, bucket }
}

const DAY_MS = 86_400_000

export function keyUsageJson({ days, members, actions, month }: KeyUsage): KeyUsageJson {
  return {
    days: days.map(({ day, calls, denied }) => ({
      day: new Date(day * DAY_MS).toISOString().slice(0, 10),
      calls,
      denied,
    })),
    members: members.map(({ userId, name, calls, denied }) => ({
      userId,
      ...(name !== undefined && { name }),
      calls,
      denied,
    })),
    actions,
    month,
  }
}
