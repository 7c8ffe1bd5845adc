import { infiniteQueryOptions } from '@tanstack/react-query'
import { request } from '../client.ts'
import { projectEndpoints } from '../paths.ts'
import { auditPageSchema, type AuditFilter } from '../schemas-audit.ts'

export const auditKey = (project: string) => [project, 'audit'] as const

/** Pages of the log, newest first; each begins before the last record of the one above (keyset). */
export const auditQuery = (project: string, filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: [...auditKey(project), filter],
    queryFn: ({ pageParam, signal }) =>
      request(auditPageSchema, 'GET', projectEndpoints(project).audit({ ...filter, before: pageParam }), {
        signal,
      }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next,
  })
