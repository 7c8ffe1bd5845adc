import { customerKeyOf, runWithKey } from '@/app/_request/customer-key'
import { objectAt } from '@/app/_request/object-at'
import { encryptionJson } from '@/app/_request/reshape'
import { jsonBody, projectRoute } from '@/app/_request/route'
import { modifyEncryptionSchema } from '@/lib/console/schemas-modify-encryption'
import type { EncryptionTarget } from '@/lib/store/encryption-model'

/** Modify Encryption of one object, with every target. */
export const POST = projectRoute<{ bucket: string }>(async (api) => {
  const asked = await jsonBody(api.request, modifyEncryptionSchema)
  const { target, customerKey, rewrapOnly } = asked
  const done = await runWithKey(api, {
    name: 'ModifyEncryption',
    bucket: api.params.bucket,
    ...objectAt(asked),
    target:
      target.kind === 'customer-key' ? { ...target, ...customerKeyOf(target) } : (target as EncryptionTarget),
    ...(customerKey && { customerKey: customerKeyOf(customerKey) }),
    ...(rewrapOnly !== undefined && { rewrapOnly }),
  })
  const { change, previous, encryption, size } = done
  return { change, previous: encryptionJson(previous), encryption: encryptionJson(encryption), size }
})
