import { pieces } from '@/app/_request/raw-request'
import { writtenJson } from '@/app/_request/reshape'
import { projectRoute } from '@/app/_request/route'
import { uploadQuerySchema } from '@/lib/console/schemas'
import type { EncryptionChoice } from '@/lib/store/encryption-model'
import type { z } from 'zod'

/** The body is the object: it streams through the encryption, nothing of it is gathered. */
export const PUT = projectRoute<{ bucket: string }>(async ({ run, params, query, request }) => {
  const wanted = uploadQuerySchema.parse(query)
  const length = request.headers.get('content-length')
  const written = await run({
    name: 'PutObject',
    bucket: params.bucket,
    key: wanted.key,
    body: pieces(request.body),
    contentLength: length === null ? undefined : Number(length),
    metadata: {
      contentType: request.headers.get('content-type') ?? 'application/octet-stream',
      userMetadata: {},
    },
    storageClass: 'STANDARD',
    tags: {},
    encryption: choiceOf(wanted),
    checks: {},
    conditions: {},
  })
  return writtenJson(written)
})

function choiceOf({ encryption, suite, keyRef }: z.output<typeof uploadQuerySchema>): EncryptionChoice {
  switch (encryption) {
    case 'bucket-default':
    case 'none':
      return { kind: encryption }
    case 'service-key':
      return { kind: encryption, suite }
    case 'managed-key':
      return { kind: encryption, suite, context: {}, ...(keyRef === undefined ? {} : { keyRef }) }
  }
}
