import { auditFilterOf, auditRecordJson } from '@/app/_request/reshape-audit'
import { projectRoute } from '@/app/_request/route'
import { system } from '@/app/_request/system'
import { auditQuerySchema } from '@/lib/console/schemas-audit'

export const GET = projectRoute(async ({ caller, origin, query }) => {
  const { before, limit, ...filter } = auditQuerySchema.parse(query)
  const page = { before, limit }
  const { records, next, head } = await system().auditReading.search(
    caller,
    auditFilterOf(filter),
    page,
    origin,
  )
  return {
    records: records.map(auditRecordJson),
    ...(next !== undefined && { next }),
    ...(head && { head: { sequence: head.sequence, hash: head.hash.toString('hex'), at: head.at } }),
  }
})
