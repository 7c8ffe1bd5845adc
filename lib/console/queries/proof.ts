import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { getReceiptKey, proofClient } from '../proof-client.ts'
import type { ObjectAt } from '../schemas.ts'
import type { FindingQuery } from '../schemas-proof.ts'

export const integrityKey = (project: string) => [project, 'integrity'] as const

/** While a round runs it is asked again soon: its progress is what one looks at. */
const WHILE_RUNNING_MS = 2000
const OTHERWISE_MS = 30_000

export const integrityQuery = (project: string) =>
  queryOptions({
    queryKey: [...integrityKey(project), 'state'],
    queryFn: ({ signal }) => proofClient(project).integrity(signal),
    refetchInterval: ({ state }) => (state.data?.running ? WHILE_RUNNING_MS : OTHERWISE_MS),
  })

/** @param asOf what the rounds had come to when it is asked: another round may have closed or added some */
export const findingsQuery = (project: string, query: FindingQuery, asOf: string) =>
  infiniteQueryOptions({
    queryKey: [...integrityKey(project), 'findings', query, asOf],
    queryFn: ({ pageParam, signal }) =>
      proofClient(project).findings({ ...query, before: pageParam }, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next,
  })

export const proofStateQuery = (project: string, bucket: string, at: ObjectAt) =>
  queryOptions({
    queryKey: [...integrityKey(project), 'object', bucket, at.key, at.versionId],
    queryFn: ({ signal }) => proofClient(project).state(bucket, at, signal),
  })

/** It stays as long as the root key does. */
export const receiptKeyQuery = () =>
  queryOptions({
    queryKey: ['receipt-key'],
    queryFn: ({ signal }) => getReceiptKey(signal),
    staleTime: Infinity,
  })
