import { StoreError } from '../errors.ts'
import { newKeyRow, newKeyVersion } from '../keys/new-keys.ts'
import { checkAliasName } from './aliases.ts'
import { checkDescription } from './describe-keys.ts'
import { checkedKeyPolicy } from './key-policies.ts'
import { authorize, metadataOf } from './key-lookup.ts'
import type { KeyRequest } from './operations.ts'
import { withTags } from './tags.ts'
import type { KeyServiceDeps, SomeUseCases } from './use-case.ts'

const EMBEDDED = 'embedded'

export const createKey: SomeUseCases<'CreateKey'> = {
  CreateKey: async (deps, request, scope) => {
    await authorize(deps, scope, 'kms:CreateKey')
    const { spec, origin, description, alias } = request
    checkDescription(description)
    if (alias !== undefined) checkAliasName(alias)
    const row = newKeyRow({
      projectId: scope.caller.projectId,
      spec,
      origin,
      description,
      createdAt: deps.now(),
      tags: withTags({}, request.tags),
      provider: checkedProvider(deps, request),
    })
    scope.trail.key(row)
    scope.trail.note({ spec, origin, provider: row.provider, ...(alias !== undefined && { alias }) })
    const aliases = alias === undefined ? [] : [alias]
    const policy = await checkedKeyPolicy(deps, scope, { ...row, aliases }, request.policy)
    const key = { ...row, policy }
    const version =
      origin === 'AWS_KMS'
        ? await newKeyVersion(deps.provider, key, key.currentVersion, 'CREATION', key.createdAt)
        : undefined
    if (version !== undefined) scope.trail.version(version.version)
    await deps.directory.insert(key, version, aliases)
    return metadataOf(deps, { ...key, aliases })
  },
}

/** @throws StoreError InvalidArgument */
function checkedProvider(
  { providers }: KeyServiceDeps,
  { provider = EMBEDDED, origin }: KeyRequest<'CreateKey'>,
): string {
  if (provider !== EMBEDDED && !providers.includes(provider))
    throw new StoreError('InvalidArgument', 'There is no key service of this name', { argument: 'provider' })
  if (provider !== EMBEDDED && origin === 'EXTERNAL')
    throw new StoreError('InvalidArgument', 'Material is imported into keys of this server only', {
      argument: 'origin',
    })
  return provider
}
