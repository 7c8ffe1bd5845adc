import { findingJson } from '@/app/_request/reshape-proof'
import { projectRoute } from '@/app/_request/route'
import { system } from '@/app/_request/system'
import { findingQuerySchema } from '@/lib/console/schemas-proof'

export const GET = projectRoute(async ({ caller, origin, person, query }) => {
  const { state, search, limit, before = Number.MAX_SAFE_INTEGER } = findingQuerySchema.parse(query)
  const scope = { homeless: person.user.isAdministrator }
  const found = await system().integrity.findings(
    caller,
    { ...scope, state, search, before, limit: limit + 1 },
    origin,
  )
  const page = found.slice(0, limit)
  return {
    findings: page.map(findingJson),
    ...(found.length > limit && { next: page.at(-1)!.findingId }),
  }
})
