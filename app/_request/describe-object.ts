import type { ObjectInfo } from '@/lib/console/schemas'
import type { EncryptionProperties } from '@/lib/store/encryption-model'
import type { FoundVersion, Results } from '@/lib/store/operations'
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
  at: { key: string; versionId?: string },
): Promise<ObjectInfo> {
  const { run, params, caller } = api
  try {
    const { object, versionId } = await run({
      name: 'HeadObject',
      bucket: params.bucket,
      ...at,
      conditions: {},
    })
    const json = objectInfoJson(object, await aliasesOf(caller.projectId, object.encryption))
    return { ...json, ...(versionId !== undefined && { versionId }), ...(await latest(api, at)) }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && KEY_NOT_AT_HAND.has(String(error.code)))) throw error
  }
  const object = await listed(api, at)
  const json = lockedObjectJson(object, await aliasesOf(caller.projectId, object.encryption))
  const { versionId, isLatest } = object
  return at.versionId === undefined ? json : { ...json, versionId, isLatest }
}

/** Whether it is what lies under the key alone; nothing for those who may not list. */
async function latest(
  { run, params }: ProjectRequest<{ bucket: string }>,
  { key, versionId }: { key: string; versionId?: string },
): Promise<{ isLatest?: boolean }> {
  if (versionId === undefined) return {}
  try {
    const { objects } = await run({ name: 'FindObjects', bucket: params.bucket, filter: { key }, limit: 1 })
    return { isLatest: objects[0]?.versionId === versionId }
  } catch {
    return {}
  }
}

/** As the filter finds it, which needs no key. */
async function listed(
  { run, params }: ProjectRequest<{ bucket: string }>,
  { key, versionId }: { key: string; versionId?: string },
): Promise<FoundVersion> {
  const versions = versionId === undefined ? 'current' : 'all'
  let after: string | undefined
  do {
    const find = {
      name: 'FindObjects',
      bucket: params.bucket,
      filter: { key, versions },
      limit: 1000,
    } as const
    const page: Results['FindObjects'] = await run({ ...find, after })
    const found = page.objects.find((each) => versionId === undefined || each.versionId === versionId)
    if (found !== undefined) return found
    after = page.next
  } while (after !== undefined)
  throw new Refusal(versionId === undefined ? 'NoSuchKey' : 'NoSuchVersion', { key })
}

async function aliasesOf(projectId: string, encryption: EncryptionProperties): Promise<string[]> {
  if (encryption.mode !== 'managed-key') return []
  return (await system().keyring.resolveKey(projectId, encryption.keyId)).aliases
}
