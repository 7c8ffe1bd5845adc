import { newObject } from '@/app/_request/new-object'
import { jsonBody, projectRoute } from '@/app/_request/route'
import { createUploadSchema } from '@/lib/console/schemas'

/** Begins an upload in parts. */
export const POST = projectRoute<{ bucket: string }>(async ({ run, params, request }) => {
  const { contentType, ...wanted } = await jsonBody(request, createUploadSchema)
  const { uploadId } = await run({
    name: 'CreateMultipartUpload',
    bucket: params.bucket,
    ...newObject(wanted, contentType),
  })
  return { uploadId }
})
