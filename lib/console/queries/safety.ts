import { queryOptions } from '@tanstack/react-query'
import { request } from '../client.ts'
import { endpoints } from '../paths.ts'
import { backupAnswerSchema } from '../schemas-backup.ts'
import { keyServiceSchema } from '../schemas-key-service.ts'

/** How safe the keys are; asked again now and then, because commands on the server change it. */
export const backupQuery = () =>
  queryOptions({
    queryKey: ['backup'],
    queryFn: ({ signal }) => request(backupAnswerSchema, 'GET', endpoints.backup(), { signal }),
    refetchInterval: 60_000,
  })

export const keyServiceQuery = () =>
  queryOptions({
    queryKey: ['key-service'],
    queryFn: ({ signal }) => request(keyServiceSchema, 'GET', endpoints.keyService(), { signal }),
    refetchInterval: 30_000,
  })
