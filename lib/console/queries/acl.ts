import { queryOptions } from '@tanstack/react-query'
import { request } from '../client.ts'
import { projectEndpoints } from '../paths.ts'
import { bucketAccessSchema, objectAccessSchema, type CannedAcl, type ObjectAcl } from '../schemas-acl.ts'

export const bucketAccessQuery = (project: string, bucket: string) =>
  queryOptions({
    queryKey: [project, 'bucket', bucket, 'acl'],
    queryFn: ({ signal }) =>
      request(bucketAccessSchema, 'GET', projectEndpoints(project).bucketAcl(bucket), { signal }),
  })

export const objectAccessQuery = (project: string, bucket: string, key: string) =>
  queryOptions({
    queryKey: [project, 'object', bucket, key, 'acl'],
    queryFn: ({ signal }) =>
      request(objectAccessSchema, 'GET', projectEndpoints(project).objectAcl(bucket, key), { signal }),
  })

/** @throws ApiError */
export const changeBucketAccess = (project: string, bucket: string, acl: CannedAcl) =>
  request(bucketAccessSchema, 'PUT', projectEndpoints(project).bucketAcl(bucket), { body: { acl } })

/** @throws ApiError */
export const changeObjectAccess = (project: string, bucket: string, key: string, acl: ObjectAcl) =>
  request(objectAccessSchema, 'PUT', projectEndpoints(project).objectAcl(bucket), { body: { key, acl } })
