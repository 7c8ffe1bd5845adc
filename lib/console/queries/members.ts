import { queryOptions } from '@tanstack/react-query'
import { getRoles, membersClient } from '../members-client.ts'

export const membersKey = (project: string) => [project, 'members'] as const

export const membersQuery = (project: string) =>
  queryOptions({
    queryKey: membersKey(project),
    queryFn: ({ signal }) => membersClient(project).list(signal),
  })

/** Written in the program: they do not change while it runs. */
export const rolesQuery = () =>
  queryOptions({ queryKey: ['roles'], queryFn: ({ signal }) => getRoles(signal), staleTime: Infinity })
