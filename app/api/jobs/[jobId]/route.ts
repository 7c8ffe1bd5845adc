import { jobJson } from '@/app/_request/reshape-jobs'
import { jsonBody, projectRoute } from '@/app/_request/route'
import { system } from '@/app/_request/system'
import { changeJobSchema } from '@/lib/console/schemas-jobs'

export const GET = projectRoute<{ jobId: string }>(async ({ caller, origin, params }) => ({
  ...jobJson(await system().batch.get(caller, params.jobId, origin)),
}))

export const PATCH = projectRoute<{ jobId: string }>(async ({ request, caller, origin, params }) => {
  const { throttle } = await jsonBody(request, changeJobSchema)
  return { ...jobJson(await system().batch.setThrottle(caller, params.jobId, throttle, origin)) }
})
