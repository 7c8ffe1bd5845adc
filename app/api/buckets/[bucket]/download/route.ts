import { askedRange, fileResponse } from '@/app/_request/file-response'
import { objectAtQuery } from '@/app/_request/object-at'
import { projectRoute } from '@/app/_request/route'

/** The decrypted object as a file to keep. With `check=1` it only says whether it could be had. */
export const GET = projectRoute<{ bucket: string }>(async ({ request, run, params, query }) => {
  const at = { bucket: params.bucket, ...objectAtQuery(query), conditions: {} }
  if (query.check === '1') {
    await run({ name: 'HeadObject', ...at })
    return {}
  }
  return fileResponse(request, at.key, await run({ name: 'GetObject', ...at, ...askedRange(request) }))
})
