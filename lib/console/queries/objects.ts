import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { projectClient } from '../client.ts'

export const objectsKey = (project: string, bucket: string) => [project, 'objects', bucket] as const

/** Pages of one folder, in key order; each page begins where the one before ended (keyset). */
export const objectsQuery = (project: string, bucket: string, prefix: string) =>
  infiniteQueryOptions({
    queryKey: [...objectsKey(project, bucket), prefix],
    queryFn: ({ pageParam, signal }) =>
      projectClient(project).listObjects(bucket, { prefix, after: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  })

export const objectQuery = (project: string, bucket: string, key: string) =>
  queryOptions({
    queryKey: [project, 'object', bucket, key],
    queryFn: ({ signal }) => projectClient(project).getObject(bucket, key, signal),
  })
