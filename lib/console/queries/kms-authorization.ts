import { queryOptions } from '@tanstack/react-query'
import { request } from '../client.ts'
import { projectEndpoints } from '../paths.ts'
import { kmsAuthorizationSchema } from '../schemas-kms-authorization.ts'

/** It becomes so once, and stays. */
export const kmsAuthorizationQuery = (project: string) =>
  queryOptions({
    queryKey: [project, 'kms-authorization'],
    queryFn: ({ signal }) =>
      request(kmsAuthorizationSchema, 'GET', projectEndpoints(project).kmsAuthorization(), { signal }),
    staleTime: 60_000,
  })

export const authorizeKms = (project: string) =>
  request(kmsAuthorizationSchema, 'POST', projectEndpoints(project).kmsAuthorization())
