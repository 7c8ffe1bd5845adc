import { jobJson } from '@/app/_request/reshape-jobs'
import { projectRoute } from '@/app/_request/route'
import { system } from '@/app/_request/system'

/** A new job, which only counts until somebody confirms it. */
export const POST = projectRoute<{ jobId: string }>(async ({ caller, origin, params }) => ({
  ...jobJson(await system().batch.undo(caller, params.jobId, origin)),
}))
