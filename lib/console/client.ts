import type { z } from 'zod'
import { filterQuery, type ObjectFilter } from './object-filter.ts'
import { endpoints, projectEndpoints } from './paths.ts'
import * as s from './schemas.ts'

export type Facts = Record<string, string | number | boolean>

/** What the API refused, or `NetworkError` when it could not be reached. The message keys are `errors.<code>`. */
export class ApiError extends Error {
  readonly code: string
  readonly facts: Facts
  readonly requestId: string | undefined

  constructor(code: string, facts: Facts = {}, requestId?: string) {
    super(code)
    this.name = 'ApiError'
    this.code = code
    this.facts = facts
    this.requestId = requestId
  }
}

/** Turns whatever the API answered to a refused request into an ApiError. */
export function failureOf(body: unknown, status: number): ApiError {
  const parsed = s.failureSchema.safeParse(body)
  if (!parsed.success) return new ApiError('InternalError', { status })
  return new ApiError(parsed.data.code, parsed.data.facts, parsed.data.requestId)
}

/** One call of the API, whose answer `schema` reads. @throws ApiError */
export async function request<T extends z.ZodType>(
  schema: T,
  method: string,
  url: string,
  /** `keepalive`: goes on when the page is left */
  options: { body?: unknown; signal?: AbortSignal | undefined; keepalive?: boolean } = {},
): Promise<z.infer<T>> {
  const { body, signal, keepalive = false } = options
  const response = await fetch(url, {
    method,
    keepalive,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError('NetworkError')
  })
  const answer: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw failureOf(answer, response.status)
  return schema.parse(answer ?? {})
}

/** @throws ApiError */
export const signIn = (body: s.SignIn) => request(s.emptySchema, 'POST', endpoints.session(), { body })
export const signOut = () => request(s.emptySchema, 'DELETE', endpoints.session())
export const chooseProject = (projectId: string) =>
  request(s.emptySchema, 'PATCH', endpoints.session(), { body: { projectId } })
/** Makes the first administrator and signs in. @throws ApiError InvalidCredentials when the link is used or expired */
export const welcome = (body: s.Welcome) => request(s.emptySchema, 'POST', endpoints.welcome(), { body })
export const getMe = (project: string | undefined, signal?: AbortSignal) =>
  request(s.meSchema, 'GET', endpoints.me(project), { signal })

/** The API within one project. Every call throws ApiError. */
export function projectClient(project: string) {
  const api = projectEndpoints(project)
  return {
    listBuckets: (signal?: AbortSignal) => request(s.bucketListSchema, 'GET', api.buckets(), { signal }),
    createBucket: (body: s.CreateBucket) => request(s.bucketSchema, 'POST', api.buckets(), { body }),
    getBucket: (bucket: string, signal?: AbortSignal) =>
      request(s.bucketSchema, 'GET', api.bucket(bucket), { signal }),
    changeBucket: (bucket: string, body: s.ChangeBucket) =>
      request(s.bucketSchema, 'PATCH', api.bucket(bucket), { body }),
    deleteBucket: (bucket: string) => request(s.emptySchema, 'DELETE', api.bucket(bucket)),

    listObjects: (bucket: string, query: s.ListObjectsQuery & ObjectFilter, signal?: AbortSignal) =>
      request(s.objectPageSchema, 'GET', api.objects(bucket, filterQuery(query)), { signal }),
    getObject: (bucket: string, at: s.ObjectAt, signal?: AbortSignal) =>
      request(s.objectInfoSchema, 'GET', api.object(bucket, at), { signal }),
    listUnfinishedUploads: (bucket: string, signal?: AbortSignal) =>
      request(s.unfinishedUploadsSchema, 'GET', api.partUploads(bucket), { signal }),
    createUpload: (bucket: string, body: s.CreateUpload) =>
      request(s.createdUploadSchema, 'POST', api.partUploads(bucket), { body }),
    completeUpload: (bucket: string, uploadId: string, body: s.CompleteUpload, signal: AbortSignal) =>
      request(s.writtenSchema, 'POST', api.partUpload(bucket, uploadId), { body, signal }),
    giveUpUpload: (bucket: string, { uploadId, key }: { uploadId: string; key: string }) =>
      request(s.emptySchema, 'DELETE', api.partUpload(bucket, uploadId, { key }), { keepalive: true }),
    createFolder: (bucket: string, body: s.CreateFolder) =>
      request(s.writtenSchema, 'POST', api.folder(bucket), { body }),
    deleteObjects: (bucket: string, body: s.DeleteObjects) =>
      request(s.deletedSchema, 'POST', api.deleteObjects(bucket), { body }),
    /** Throws when the object is gone, its key cannot be used, …: what a plain link could not say. */
    checkDownload: (bucket: string, at: s.ObjectAt) =>
      request(s.emptySchema, 'GET', `${api.download(bucket, at)}&check=1`),
    downloadUrl: (bucket: string, at: s.ObjectAt) => api.download(bucket, at),

    listAccessKeys: (signal?: AbortSignal) =>
      request(s.accessKeyListSchema, 'GET', api.accessKeys(), { signal }),
    createAccessKey: (body: s.CreateAccessKey) =>
      request(s.createdAccessKeySchema, 'POST', api.accessKeys(), { body }),
    setAccessKeyState: (accessKeyId: string, state: s.AccessKey['state']) =>
      request(s.emptySchema, 'PATCH', api.accessKeys(), { body: { accessKeyId, state } }),
    deleteAccessKey: (accessKeyId: string) =>
      request(s.emptySchema, 'DELETE', api.accessKeys({ accessKeyId })),
  }
}
export type ProjectClient = ReturnType<typeof projectClient>
