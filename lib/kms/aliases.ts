import { StoreError } from '../errors.ts'
import type { KeyEntry } from '../keys/key-directory.ts'
import { authorize, authorizedKey, requireOwnKey, requireState } from './key-lookup.ts'
import { pageOf } from './paging.ts'
import type { KeyServiceDeps, Scope, SomeUseCases } from './use-case.ts'

/** CreateAlias (KMS API Reference); `alias/aws/` is AWS's, `alias/coffer/` ours. */
const ALIAS = /^alias\/[A-Za-z0-9/_-]{1,250}$/
const RESERVED = /^alias\/(aws|coffer)\//

type Names = 'ListAliases' | 'CreateAlias' | 'UpdateAlias' | 'DeleteAlias'

export const aliases: SomeUseCases<Names> = {
  ListAliases: async (deps, { keyId, ...page }, scope) => {
    await authorize(deps, scope, 'kms:ListAliases')
    const { projectId } = scope.caller
    const ofKey = keyId === undefined ? undefined : (await deps.names.find(projectId, keyId)).keyId
    const all = await deps.directory.aliases(projectId)
    const wanted = all.filter((row) => ofKey === undefined || row.keyId === ofKey)
    const { items, nextMarker } = pageOf(wanted, ({ alias }) => alias, page)
    const { region, account } = await deps.names.home(projectId)
    const arn = (alias: string): string => `arn:aws:kms:${region}:${account}:${alias}`
    return {
      items: items.map((row) => ({
        alias: row.alias,
        arn: arn(row.alias),
        keyId: row.keyId,
        createdAt: row.createdAt,
      })),
      nextMarker,
    }
  },
  CreateAlias: async (deps, { alias, keyId }, scope) => {
    checkAliasName(alias)
    const key = await authorizedKey(deps, scope, keyId, 'kms:CreateAlias')
    scope.trail.note({ alias })
    await deps.directory.change(key.keyId, (current) => {
      requireNameable(current.key, deps.now())
      return { addAlias: { alias, createdAt: deps.now() } }
    })
  },
  UpdateAlias: async (deps, { alias, keyId }, scope) => {
    checkAliasName(alias)
    const from = await aliasedKey(deps, scope, alias)
    await authorize(deps, scope, 'kms:UpdateAlias', from)
    const to = await authorizedKey(deps, scope, keyId, 'kms:UpdateAlias')
    scope.trail.note({ alias, from: from.keyId })
    if (from.spec !== to.spec)
      throw new StoreError('InvalidArgument', 'An alias moves only between keys of the same spec', {
        argument: 'keyId',
      })
    await deps.directory.change(to.keyId, (current) => {
      requireNameable(current.key, deps.now())
      return { takeAlias: alias }
    })
  },
  DeleteAlias: async (deps, { alias }, scope) => {
    checkAliasName(alias)
    const key = await aliasedKey(deps, scope, alias)
    scope.trail.key(key)
    scope.trail.note({ alias })
    await authorize(deps, scope, 'kms:DeleteAlias', key)
    await deps.directory.change(key.keyId, () => ({ removeAlias: alias }))
  },
}

/** @throws StoreError InvalidAliasName */
export function checkAliasName(alias: string): void {
  if (ALIAS.test(alias) && !RESERVED.test(alias)) return
  throw new StoreError(
    'InvalidAliasName',
    'An alias begins with alias/, continues with letters, digits, slashes, underscores and dashes, and not with aws/ or coffer/.',
  )
}

function requireNameable(key: KeyEntry, now: number): void {
  requireOwnKey(key)
  requireState(key, ['Enabled', 'Disabled', 'PendingImport'], now)
}

/** @throws StoreError NoSuchAlias */
async function aliasedKey(deps: KeyServiceDeps, { caller }: Scope, alias: string): Promise<KeyEntry> {
  const key = await deps.directory.byAlias(caller.projectId, alias)
  if (key === undefined) throw new StoreError('NoSuchAlias', 'The alias does not exist in this project.')
  return key
}
