import { queryOptions } from '@tanstack/react-query'
import { projectClient } from '../client.ts'

export const bucketsKey = (project: string) => [project, 'buckets'] as const
export const bucketKey = (project: string, bucket: string) => [project, 'bucket', bucket] as const

export const bucketsQuery = (project: string) =>
  queryOptions({
    queryKey: bucketsKey(project),
    queryFn: ({ signal }) => projectClient(project).listBuckets(signal),
  })

export const bucketQuery = (project: string, bucket: string) =>
  queryOptions({
    queryKey: bucketKey(project, bucket),
    queryFn: ({ signal }) => projectClient(project).getBucket(bucket, signal),
  })

export const unfinishedUploadsQuery = (project: string, bucket: string) =>
  queryOptions({
    queryKey: [project, 'unfinished-uploads', bucket],
    queryFn: ({ signal }) => projectClient(project).listUnfinishedUploads(bucket, signal),
  })
