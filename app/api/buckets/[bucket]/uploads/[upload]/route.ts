import { contentLength } from '@/app/_request/new-object'
import { pieces } from '@/app/_request/raw-request'
import { writtenJson } from '@/app/_request/reshape'
import { jsonBody, projectRoute } from '@/app/_request/route'
import { completeUploadSchema, keyQuerySchema, partQuerySchema } from '@/lib/console/schemas'

type Params = { bucket: string; upload: string }

/** 10,000 ETags of 32 digits, in JSON. */
const PARTS_BYTES = 512 * 1024

/** One part, which replaces what came under its number before. */
export const PUT = projectRoute<Params>(async ({ run, params, query, request }) => {
  const { key, part } = partQuerySchema.parse(query)
  const { etag } = await run({
    name: 'UploadPart',
    bucket: params.bucket,
    key,
    uploadId: params.upload,
    partNumber: part,
    body: pieces(request.body),
    contentLength: contentLength(request),
    checks: {},
  })
  return { etag }
})

/** Makes the object of the parts. */
export const POST = projectRoute<Params>(async ({ run, params, request }) => {
  const { key, etags } = await jsonBody(request, completeUploadSchema, PARTS_BYTES)
  const written = await run({
    name: 'CompleteMultipartUpload',
    bucket: params.bucket,
    key,
    uploadId: params.upload,
    parts: etags.map((etag, index) => ({ number: index + 1, etag })),
    conditions: {},
  })
  return writtenJson(written)
})

/** Gives the upload up: its parts are removed. */
export const DELETE = projectRoute<Params>(async ({ run, params, query }) => {
  const { key } = keyQuerySchema.parse(query)
  await run({ name: 'AbortMultipartUpload', bucket: params.bucket, key, uploadId: params.upload })
  return {}
})
