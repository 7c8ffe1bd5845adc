import { fileResponse } from '@/app/_request/file-response'
import { projectRoute } from '@/app/_request/route'
import { keyQuerySchema } from '@/lib/console/schemas'

/** The decrypted object as a file to keep. With `check=1` it only says whether it could be had. */
export const GET = projectRoute<{ bucket: string }>(async ({ run, params, query }) => {
  const { key } = keyQuerySchema.parse(query)
  const at = { bucket: params.bucket, key, conditions: {} }
  if (query.check === '1') {
    await run({ name: 'HeadObject', ...at })
    return {}
  }
  return fileResponse(key, await run({ name: 'GetObject', ...at }))
})
