import { auditFilterOf } from '@/app/_request/reshape-audit'
import { projectRoute } from '@/app/_request/route'
import { streamResponse } from '@/app/_request/stream-response'
import { system } from '@/app/_request/system'
import { auditExportQuerySchema } from '@/lib/console/schemas-audit'

const TYPES = { ndjson: 'application/x-ndjson', csv: 'text/csv; charset=utf-8; header=present' }

/** What fits, as a file; written while it is read, so it may be of any length. */
export const GET = projectRoute(async ({ request, caller, origin, query }) => {
  const { format, ...filter } = auditExportQuerySchema.parse(query)
  const body = await system().auditReading.export(caller, auditFilterOf(filter), format, origin)
  return streamResponse(request, body, () => ({
    headers: {
      'content-type': TYPES[format],
      'content-disposition': `attachment; filename="audit.${format}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  }))
})
