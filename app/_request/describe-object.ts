import type { ObjectInfo } from '@/lib/console/schemas'
import type { EncryptionProperties } from '@/lib/store/encryption-model'
import { Refusal } from './failure'
import { lockedObjectJson, objectInfoJson } from './reshape'
import type { ProjectRequest } from './route'
import { system } from './system'

/** Failures that speak of the object's key, not of the object: the list still knows how it is encrypted. */
const KEY_NOT_AT_HAND = new Set([
  'CustomerKeyRequired',
  'KeyDisabled',
  'KeyPendingDeletion',
  'KeyServiceUnavailable',
])

/** All that a person may know of an object; less, when its key cannot be used here. */
export async function describeObject(
  api: ProjectRequest<{ bucket: string }>,
  key: string,
): Promise<ObjectInfo> {
  const { run, params, caller } = api
  try {
    const { object } = await run({ name: 'HeadObject', bucket: params.bucket, key, conditions: {} })
    return objectInfoJson(object, await aliasesOf(caller.projectId, object.encryption))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && KEY_NOT_AT_HAND.has(String(error.code)))) throw error
  }
  const page = await run({
    name: 'ListObjects',
    bucket: params.bucket,
    prefix: key,
    delimiter: '',
    after: '',
    limit: 1,
  })
  const object = page.objects[0]
  if (object?.key !== key) throw new Refusal('NoSuchKey', { key })
  return lockedObjectJson(object, await aliasesOf(caller.projectId, object.encryption))
}

async function aliasesOf(projectId: string, encryption: EncryptionProperties): Promise<string[]> {
  if (encryption.mode !== 'managed-key') return []
  return (await system().keyring.resolveKey(projectId, encryption.keyId)).aliases
}
