import { objectSummaryJson } from '@/app/_request/reshape'
import { projectRoute } from '@/app/_request/route'
import { listObjectsQuerySchema } from '@/lib/console/schemas'

export const GET = projectRoute<{ bucket: string }>(async ({ run, params, query }) => {
  const page = await run({
    name: 'ListObjects',
    bucket: params.bucket,
    ...listObjectsQuerySchema.parse(query),
  })
  return {
    objects: page.objects.map(objectSummaryJson),
    folders: page.commonPrefixes,
    ...(page.next === undefined ? {} : { next: page.next }),
  }
})
