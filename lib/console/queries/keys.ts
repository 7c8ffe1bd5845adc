import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { request } from '../client.ts'
import { keysClient } from '../keys-client.ts'
import { projectEndpoints } from '../paths.ts'
import { auditPageSchema } from '../schemas-audit.ts'

export const keysKey = (project: string) => [project, 'keys'] as const
/** Everything that is known of one key: one invalidation refreshes its whole page. */
export const keyKey = (project: string, keyId: string) => [project, 'key', keyId] as const

export const keysQuery = (project: string) =>
  queryOptions({
    queryKey: keysKey(project),
    queryFn: ({ signal }) => keysClient(project).list(signal),
  })

/** The keys by name, for pickers and badges; they change rarely. */
export const keyNamesQuery = (project: string) =>
  queryOptions({
    queryKey: [...keysKey(project), 'names'],
    queryFn: ({ signal }) => keysClient(project).names(signal),
    staleTime: 60_000,
  })

export const keyQuery = (project: string, keyId: string) =>
  queryOptions({
    queryKey: [...keyKey(project, keyId), 'detail'],
    queryFn: ({ signal }) => keysClient(project).get(keyId, signal),
  })

export const keyPolicyQuery = (project: string, keyId: string) =>
  queryOptions({
    queryKey: [...keyKey(project, keyId), 'policy'],
    queryFn: ({ signal }) => keysClient(project).getPolicy(keyId, signal),
  })

export const keyGrantsQuery = (project: string, keyId: string) =>
  queryOptions({
    queryKey: [...keyKey(project, keyId), 'grants'],
    queryFn: ({ signal }) => keysClient(project).listGrants(keyId, signal),
  })

export const keyAccessQuery = (project: string, keyId: string) =>
  queryOptions({
    queryKey: [...keyKey(project, keyId), 'access'],
    queryFn: ({ signal }) => keysClient(project).access(keyId, signal),
  })

export const keyUsageQuery = (project: string, keyId: string) =>
  queryOptions({
    queryKey: [...keyKey(project, keyId), 'usage'],
    queryFn: ({ signal }) => keysClient(project).usage(keyId, signal),
  })

/** Most of a key's records are looks and uses, which become few lines of its timeline. */
const TIMELINE_RECORDS = 500

/** What the audit log says of a key, newest first. */
export const keyTimelineQuery = (project: string, keyId: string, result: 'all' | 'refused') =>
  infiniteQueryOptions({
    queryKey: [...keyKey(project, keyId), 'timeline', result],
    queryFn: ({ pageParam, signal }) =>
      request(
        auditPageSchema,
        'GET',
        projectEndpoints(project).audit({ keyId, result, limit: TIMELINE_RECORDS, before: pageParam }),
        { signal },
      ),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next,
  })
