import { queryOptions } from '@tanstack/react-query'
import { request } from '../client.ts'
import { projectEndpoints } from '../paths.ts'
import { coverageSchema } from '../schemas-coverage.ts'
import { bucketsKey } from './buckets.ts'

/** Of a project, a bucket, or a folder in it. What makes the list of buckets stale makes this stale, too. */
export const coverageQuery = (project: string, bucket?: string, folder?: string) =>
  queryOptions({
    queryKey: [...bucketsKey(project), 'coverage', bucket, folder],
    queryFn: ({ signal }) =>
      request(coverageSchema, 'GET', projectEndpoints(project).coverage({ bucket, folder }), { signal }),
  })
