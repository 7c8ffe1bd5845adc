import { attachment } from '@/app/_request/attachment'
import { webStream } from '@/app/_request/respond'
import { projectRoute } from '@/app/_request/route'
import { baseName } from '@/lib/console/object-key'
import { keyQuerySchema } from '@/lib/console/schemas'

/**
 * The decrypted object as a file to keep. It never becomes a page of ours: attachment, no sniffing, and a
 * sandbox should a browser show it all the same. With `check=1` it only says whether it could be had.
 */
export const GET = projectRoute<{ bucket: string }>(async ({ run, params, query }) => {
  const { key } = keyQuerySchema.parse(query)
  const at = { bucket: params.bucket, key, conditions: {} }
  if (query.check === '1') {
    await run({ name: 'HeadObject', ...at })
    return {}
  }
  const { object, length, body } = await run({ name: 'GetObject', ...at })
  return new Response(webStream(body), {
    headers: {
      'content-type': object.metadata.contentType,
      'content-length': String(length),
      'content-disposition': attachment(baseName(key)),
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'private, no-store',
    },
  })
})
