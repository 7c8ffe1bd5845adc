import { jobJson } from '@/app/_request/reshape-jobs'
import { jsonBody, projectRoute } from '@/app/_request/route'
import { system } from '@/app/_request/system'
import { jobActionRequestSchema } from '@/lib/console/schemas-jobs'

export const POST = projectRoute<{ jobId: string }>(async ({ request, caller, origin, params }) => {
  const { action } = await jsonBody(request, jobActionRequestSchema)
  const view = await system().batch.act(caller, params.jobId, action, origin)
  return view ? { ...jobJson(view) } : {}
})
