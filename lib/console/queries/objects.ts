import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { projectClient } from '../client.ts'
import type { ObjectFilter } from '../object-filter.ts'
import type { ObjectAt } from '../schemas.ts'

export const objectsKey = (project: string, bucket: string) => [project, 'objects', bucket] as const

/**
 * Pages of one folder, in key order; each page begins where the one before ended (keyset). With a filter: of everything
 * below it, and a page may be empty though more follow.
 */
export const objectsQuery = (project: string, bucket: string, prefix: string, filter: ObjectFilter = {}) =>
  infiniteQueryOptions({
    queryKey: [...objectsKey(project, bucket), prefix, filter],
    queryFn: ({ pageParam, signal }) =>
      projectClient(project).listObjects(bucket, { ...filter, prefix, after: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  })

export const objectQuery = (project: string, bucket: string, at: ObjectAt) =>
  queryOptions({
    queryKey: [project, 'object', bucket, at.key, at.versionId],
    queryFn: ({ signal }) => projectClient(project).getObject(bucket, at, signal),
  })
