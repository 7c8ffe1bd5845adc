import { queryOptions } from '@tanstack/react-query'
import { projectClient } from '../client.ts'

export const accessKeysKey = (project: string) => [project, 'access-keys'] as const

export const accessKeysQuery = (project: string) =>
  queryOptions({
    queryKey: accessKeysKey(project),
    queryFn: ({ signal }) => projectClient(project).listAccessKeys(signal),
  })
