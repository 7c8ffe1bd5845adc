import { Refusal } from '@/app/_request/failure'
import { writtenJson } from '@/app/_request/reshape'
import { jsonBody, projectRoute } from '@/app/_request/route'
import { createFolderSchema } from '@/lib/console/schemas'

/** A folder is an empty object whose key ends with a slash, as S3 consoles and clients agree. */
export const POST = projectRoute<{ bucket: string }>(async ({ run, params, request }) => {
  const { prefix, name } = await jsonBody(request, createFolderSchema)
  const { bucket } = params
  const key = `${prefix}${name}/`
  // A folder is also there when nobody created it: as soon as a key begins with it.
  const inside = await run({ name: 'ListObjects', bucket, prefix: key, delimiter: '', after: '', limit: 1 })
  if (inside.objects.length > 0) throw new Refusal('PreconditionFailed')
  const written = await run({
    name: 'PutObject',
    bucket,
    key,
    body: nothing(),
    contentLength: 0,
    metadata: { contentType: 'application/x-directory', userMetadata: {} },
    storageClass: 'STANDARD',
    tags: {},
    encryption: { kind: 'bucket-default' },
    checks: {},
    conditions: { ifAbsent: true },
  })
  return writtenJson(written)
})

async function* nothing(): AsyncGenerator<Buffer, void> {}
