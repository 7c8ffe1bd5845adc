import { attachment } from '@/app/_request/attachment'
import { projectRoute } from '@/app/_request/route'
import { streamResponse } from '@/app/_request/stream-response'
import { system } from '@/app/_request/system'

/** Every object as a line; written while it is read, so it may be of any length. */
export const GET = projectRoute<{ jobId: string }>(async ({ request, caller, origin, params: { jobId } }) => {
  const body = await system().batch.report(caller, jobId, origin)
  return streamResponse(request, body, () => ({
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': attachment(`job-${jobId}.csv`),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  }))
})
