import { newObject } from '@/app/_request/new-object'
import { jsonBody, projectRoute } from '@/app/_request/route'
import { createUploadSchema, type UnfinishedUploads } from '@/lib/console/schemas'

type Params = { bucket: string }

const PAGE = 100

/** The uploads in parts that nobody has finished yet, the first hundred by their keys. */
export const GET = projectRoute<Params>(async ({ run, params }): Promise<UnfinishedUploads> => {
  const { uploads, next } = await run({
    name: 'ListMultipartUploads',
    bucket: params.bucket,
    prefix: '',
    delimiter: '',
    afterKey: '',
    afterUploadId: '',
    limit: PAGE,
    withTotals: true,
  })
  return {
    uploads: uploads.map(({ key, uploadId, initiatedAt, totals }) => ({
      key,
      uploadId,
      initiatedAt,
      parts: totals?.parts ?? 0,
      bytes: totals?.bytes ?? 0,
    })),
    more: next !== undefined,
  }
})

/** Begins an upload in parts. */
export const POST = projectRoute<Params>(async ({ run, params, request }) => {
  const { contentType, ...wanted } = await jsonBody(request, createUploadSchema)
  const { uploadId } = await run({
    name: 'CreateMultipartUpload',
    bucket: params.bucket,
    ...newObject(wanted, contentType),
  })
  return { uploadId }
})
