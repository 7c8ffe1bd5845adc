import { allOf, keyRoute } from '@/app/_request/key-route'
import { jsonBody } from '@/app/_request/route'
import { putTagsSchema } from '@/lib/console/schemas-keys'

/** Makes the key's tags what the form says: KMS adds and removes in two calls. */
export const PUT = keyRoute(async ({ request, runKey, params: { keyId } }) => {
  const { tags } = await jsonBody(request, putTagsSchema)
  const before = await allOf((page) => runKey('ListResourceTags', { keyId, ...page }))
  const names = new Set(tags.map(({ key }) => key))
  const tagKeys = before.map(({ key }) => key).filter((key) => !names.has(key))
  if (tagKeys.length > 0) await runKey('UntagResource', { keyId, tagKeys })
  if (tags.length > 0) await runKey('TagResource', { keyId, tags })
  return {}
})
