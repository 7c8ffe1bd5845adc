import { askedJob, jobJson } from '@/app/_request/reshape-jobs'
import { jsonBody, projectRoute } from '@/app/_request/route'
import { system } from '@/app/_request/system'
import { createJobSchema, jobListQuerySchema } from '@/lib/console/schemas-jobs'

/** A thousand keys of a thousand bytes, written as JSON. */
const SELECTION_BYTES = 4 * 1024 * 1024

export const GET = projectRoute(async ({ caller, origin, query }) => {
  const { jobs, next } = await system().batch.list(caller, jobListQuerySchema.parse(query), origin)
  return { jobs: jobs.map(jobJson), ...(next !== undefined && { next }) }
})

/** Only counts: nothing is changed before somebody confirms. */
export const POST = projectRoute(async ({ request, caller, origin }) => {
  const asked = await jsonBody(request, createJobSchema, SELECTION_BYTES)
  return { ...jobJson(await system().batch.create(caller, askedJob(asked), origin)) }
})
