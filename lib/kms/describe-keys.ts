import { StoreError } from '../errors.ts'
import { keyNotFound } from '../keys/key-reference.ts'
import { checkGrantTokens } from './grant-tokens.ts'
import { authorize, authorizedKey, metadataOf, requireOwnKey, requireState } from './key-lookup.ts'
import { pageOf } from './paging.ts'
import type { SomeUseCases } from './use-case.ts'

/** CreateKey, UpdateKeyDescription (KMS API Reference). */
const MAX_DESCRIPTION = 8192

export const describeKeys: SomeUseCases<'DescribeKey' | 'ListKeys' | 'UpdateKeyDescription'> = {
  DescribeKey: async (deps, { keyId, grantTokens, includeDestroyed = false }, scope) => {
    checkGrantTokens(grantTokens)
    const key = await deps.names.find(scope.caller.projectId, keyId)
    scope.trail.key(key)
    await authorize(deps, scope, 'kms:DescribeKey', key)
    if (key.state === 'Destroyed' && !includeDestroyed) throw keyNotFound()
    return metadataOf(deps, key)
  },
  ListKeys: async (deps, { includeDestroyed = false, ...page }, scope) => {
    await authorize(deps, scope, 'kms:ListKeys')
    const keys = await deps.directory.list(scope.caller.projectId)
    const seen = keys.filter(({ state }) => includeDestroyed || state !== 'Destroyed')
    // Fifteen digits hold every time until the year 33658: text sorts as numbers do.
    const name = (key: { createdAt: number; keyId: string }): string =>
      `${String(key.createdAt).padStart(15, '0')}/${key.keyId}`
    const { items, nextMarker } = pageOf(seen, name, page)
    return { items: await Promise.all(items.map((key) => metadataOf(deps, key))), nextMarker }
  },
  UpdateKeyDescription: async (deps, { keyId, description }, scope) => {
    checkDescription(description)
    const key = await authorizedKey(deps, scope, keyId, 'kms:UpdateKeyDescription')
    await deps.directory.change(key.keyId, (current) => {
      requireOwnKey(current.key)
      requireState(current.key, ['Enabled', 'Disabled', 'PendingImport'], deps.now())
      return { set: { description } }
    })
  },
}

/** @throws StoreError InvalidArgument */
export function checkDescription(description: string): void {
  if (description.length <= MAX_DESCRIPTION && description.isWellFormed()) return
  throw new StoreError('InvalidArgument', `A description has at most ${MAX_DESCRIPTION} characters`, {
    argument: 'description',
  })
}
