import { z } from 'zod'
import { Refusal } from '@/app/_request/failure'
import { jobResultJson, resultCursor } from '@/app/_request/reshape-jobs'
import { projectRoute } from '@/app/_request/route'
import { system } from '@/app/_request/system'
import { jobResultQuerySchema } from '@/lib/console/schemas-jobs'

export const GET = projectRoute<{ jobId: string }>(async ({ caller, origin, params, query }) => {
  const { after, ...rest } = jobResultQuerySchema.parse(query)
  const asked = { ...rest, after: after === undefined ? undefined : placeOf(after) }
  const { results, next, bucketNames } = await system().batch.results(caller, params.jobId, asked, origin)
  return {
    results: results.map((result) => jobResultJson(result, bucketNames)),
    ...(next !== undefined && { next: resultCursor(next) }),
  }
})

const placeSchema = z.object({ bucketId: z.string(), key: z.string(), versionId: z.string() })

function placeOf(cursor: string): z.infer<typeof placeSchema> {
  try {
    return placeSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch {
    throw new Refusal('InvalidArgument', { argument: 'after' })
  }
}
