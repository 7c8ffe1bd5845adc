import { customerKeyOf, runWithKey } from '@/app/_request/customer-key'
import { objectAt } from '@/app/_request/object-at'
import { objectInfoJson } from '@/app/_request/reshape'
import { jsonBody, projectRoute } from '@/app/_request/route'
import { objectWithKeySchema } from '@/lib/console/schemas-modify-encryption'

/** All that is known of an object under a customer's key, for whoever has the key. */
export const POST = projectRoute<{ bucket: string }>(async (api) => {
  const { customerKey, ...asked } = await jsonBody(api.request, objectWithKeySchema)
  const { object } = await runWithKey(api, {
    name: 'HeadObject',
    bucket: api.params.bucket,
    ...objectAt(asked),
    conditions: {},
    customerKey: customerKeyOf(customerKey),
  })
  return objectInfoJson(object, [])
})
