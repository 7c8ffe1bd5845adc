import { queryOptions } from '@tanstack/react-query'
import { getMe } from '../client.ts'

/** `project`: the one that the page's address names */
export const meQuery = (project: string | undefined) =>
  queryOptions({ queryKey: [...meKey, project], queryFn: ({ signal }) => getMe(project, signal) })

export const meKey = ['me']
