import { foundVersionJson, objectSummaryJson } from '@/app/_request/reshape'
import { projectRoute } from '@/app/_request/route'
import { filterQuerySchema, isFiltered } from '@/lib/console/object-filter'
import { listObjectsQuerySchema } from '@/lib/console/schemas'

/** One folder, or what a filter leaves of everything below it: then there are no folders. */
export const GET = projectRoute<{ bucket: string }>(async ({ run, params: { bucket }, query }) => {
  const listing = listObjectsQuerySchema.parse(query)
  const filter = filterQuerySchema.parse(query)
  if (isFiltered(filter)) {
    const { prefix, after, limit } = listing
    const found = await run({
      name: 'FindObjects',
      bucket,
      filter: { ...filter, prefix },
      ...(after !== '' && { after }),
      limit,
    })
    return { objects: found.objects.map(foundVersionJson), folders: [], ...nextJson(found) }
  }
  const page = await run({ name: 'ListObjects', bucket, ...listing })
  return { objects: page.objects.map(objectSummaryJson), folders: page.commonPrefixes, ...nextJson(page) }
})

function nextJson({ next }: { next: string | undefined }) {
  return next === undefined ? {} : { next }
}
