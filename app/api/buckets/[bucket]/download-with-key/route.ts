import { customerKeyOf, runWithKey } from '@/app/_request/customer-key'
import { fileResponse } from '@/app/_request/file-response'
import { objectAt } from '@/app/_request/object-at'
import { formBody, projectRoute } from '@/app/_request/route'
import { downloadWithKeySchema } from '@/lib/console/schemas-modify-encryption'

/** The file of an object under a customer's key, by a form. With `check=1` it only says whether it could be had. */
export const POST = projectRoute<{ bucket: string }>(async (api) => {
  const { suite, customerKey, check, ...asked } = await formBody(api.request, downloadWithKeySchema)
  const at = {
    bucket: api.params.bucket,
    ...objectAt(asked),
    conditions: {},
    customerKey: customerKeyOf({ suite, key: customerKey }),
  }
  if (check === '1') {
    await runWithKey(api, { name: 'HeadObject', ...at })
    return {}
  }
  return fileResponse(api.request, at.key, await runWithKey(api, { name: 'GetObject', ...at }))
})
