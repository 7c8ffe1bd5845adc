import { contentLength, newObject } from '@/app/_request/new-object'
import { pieces } from '@/app/_request/raw-request'
import { writtenJson } from '@/app/_request/reshape'
import { projectRoute } from '@/app/_request/route'
import { uploadQuerySchema } from '@/lib/console/schemas'

/** The body is the object: it streams through the encryption, nothing of it is gathered. */
export const PUT = projectRoute<{ bucket: string }>(async ({ run, params, query, request }) => {
  const written = await run({
    name: 'PutObject',
    bucket: params.bucket,
    ...newObject(uploadQuerySchema.parse(query), request.headers.get('content-type')),
    body: pieces(request.body),
    contentLength: contentLength(request),
    checks: {},
    conditions: {},
  })
  return writtenJson(written)
})
