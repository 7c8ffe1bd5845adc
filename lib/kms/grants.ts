import { randomUUID } from 'node:crypto'
import { StoreError } from '../errors.ts'
import { stateAt } from '../keys/key-errors.ts'
import type { KeyGrantRow } from '../keys/key-repository.ts'
import type { Decision } from '../policy/model.ts'
import { accountArn, isPrincipalName, userArn } from '../policy/principals.ts'
import { checkContext } from './encryption-context.ts'
import { grantTokenHash, newGrantToken } from './grant-tokens.ts'
import { isNarrower, sameGrant } from './grant-rules.ts'
import { authorize, authorizedKey, requireOwnKey, requireState } from './key-lookup.ts'
import type { Grant, GrantOperation, KeyRequest } from './operations.ts'
import { pageOf } from './paging.ts'
import type { KeyServiceDeps, Scope, SomeUseCases } from './use-case.ts'

const MAX_GRANTS = 2500
const NAME = /^[a-zA-Z0-9:/_-]{1,256}$/

export const grants: SomeUseCases<'CreateGrant' | 'ListGrants' | 'RevokeGrant' | 'RetireGrant'> = {
  CreateGrant: async (deps, request, scope) => {
    checkGrant(request)
    const key = await deps.names.find(scope.caller.projectId, request.keyId)
    scope.trail.key(key)
    scope.trail.note({ grantee: request.granteePrincipal, operations: request.operations.join(',') })
    const allowedBy = await authorize(deps, scope, 'kms:CreateGrant', key, {
      conditions: { 'kms:GranteePrincipal': request.granteePrincipal },
    })
    const { grantToken, tokenHash } = newGrantToken()
    const { name, granteePrincipal, retiringPrincipal, constraints } = request
    const operations = [...new Set(request.operations)].sort()
    const wanted = { keyId: key.keyId, tokenHash, name, granteePrincipal, retiringPrincipal, operations }
    const row = { ...wanted, grantId: newGrantId(), constraints, createdAt: deps.now() }
    let grantId = row.grantId
    await deps.directory.change(key.keyId, (current) => {
      requireOwnKey(current.key)
      requireState(current.key, ['Enabled', 'Disabled', 'PendingImport'], deps.now())
      const present = current.grants()
      requireNarrower(allowedBy, present, row)
      const same = name === undefined ? undefined : present.find((grant) => sameGrant(grant, row))
      grantId = same?.grantId ?? row.grantId
      if (same === undefined && present.length >= MAX_GRANTS)
        throw new StoreError('LimitExceeded', `A key has at most ${MAX_GRANTS} grants`)
      // The same name and content once more is a client that tries again: one grant, with a token it has seen.
      return same ? { removeGrant: same.grantId, addGrant: { ...same, tokenHash } } : { addGrant: row }
    })
    scope.trail.note({ grantId })
    return { grantId, grantToken }
  },
  ListGrants: async (deps, { keyId, grantId, granteePrincipal, ...page }, scope) => {
    const key = await authorizedKey(deps, scope, keyId, 'kms:ListGrants')
    const all = await deps.directory.grants(key.keyId)
    const wanted = all.filter(
      (grant) =>
        (grantId === undefined || grant.grantId === grantId) &&
        (granteePrincipal === undefined || grant.granteePrincipal === granteePrincipal),
    )
    const name = (grant: KeyGrantRow): string =>
      `${String(grant.createdAt).padStart(15, '0')}/${grant.grantId}`
    const { items, nextMarker } = pageOf(wanted, name, page)
    const { account } = await deps.names.home(key.projectId)
    return { items: items.map((grant) => shown(grant, account)), nextMarker }
  },
  RevokeGrant: async (deps, { keyId, grantId }, scope) => {
    const key = await authorizedKey(deps, scope, keyId, 'kms:RevokeGrant')
    scope.trail.note({ grantId })
    await deps.directory.change(key.keyId, () => ({ removeGrant: grantId }))
  },
  RetireGrant: async (deps, request, scope) => {
    const grant = await grantToRetire(deps, request, scope)
    scope.trail.key(grant)
    scope.trail.note({ grantId: grant.grantId })
    await requireMayRetire(deps, grant, scope)
    await deps.directory.change(grant.keyId, () => ({ removeGrant: grant.grantId }))
  },
}

/** AWS KMS: 64 hexadecimal digits. */
function newGrantId(): string {
  return (randomUUID() + randomUUID()).replaceAll('-', '')
}

function shown(row: KeyGrantRow, account: string): Grant {
  const { grantId, keyId, name, granteePrincipal, retiringPrincipal, constraints, createdAt } = row
  const operations = row.operations as GrantOperation[]
  const issuingAccount = accountArn(account)
  return {
    grantId,
    keyId,
    name,
    granteePrincipal,
    retiringPrincipal,
    operations,
    constraints,
    issuingAccount,
    createdAt,
  }
}

/** @throws StoreError InvalidArgument | InvalidEncryptionContext */
function checkGrant(request: KeyRequest<'CreateGrant'>): void {
  const { name, granteePrincipal, retiringPrincipal, operations, constraints } = request
  const wrong = (argument: string, message: string): StoreError =>
    new StoreError('InvalidArgument', message, { argument })
  if (name !== undefined && !NAME.test(name))
    throw wrong('name', 'A name has letters, digits and :/_-, at most 256')
  if (!isNamed(granteePrincipal)) throw wrong('granteePrincipal', 'The grantee is the ARN of a user or role')
  if (retiringPrincipal !== undefined && !isNamed(retiringPrincipal))
    throw wrong('retiringPrincipal', 'The retiring principal is the ARN of a user or role')
  if (operations.length === 0) throw wrong('operations', 'A grant allows one operation at least')
  const { encryptionContextSubset, encryptionContextEquals } = constraints
  if (encryptionContextSubset) checkContext(encryptionContextSubset)
  if (encryptionContextEquals) checkContext(encryptionContextEquals)
}

/** A grant is for somebody: not for the world, nor for the whole account, which has roles. */
function isNamed(principal: string): boolean {
  return isPrincipalName(principal) && /:(user|role)\//.test(principal)
}

/** Who may create grants only by a grant cannot give more than he has (KMS Developer Guide, "Best practices for grants"). */
function requireNarrower(allowedBy: Decision, present: readonly KeyGrantRow[], row: KeyGrantRow): void {
  if (allowedBy.layer !== 'grant') return
  const parent = present.find(({ grantId }) => grantId === allowedBy.rule)
  if (parent !== undefined && isNarrower(row, parent)) return
  throw new StoreError('AccessDenied', 'A grant made by a grant cannot allow more than that one does', {
    layer: 'grant',
    rule: allowedBy.rule,
  })
}

/** @throws StoreError NoSuchGrant | InvalidGrantToken | InvalidArgument | KeyNotFound */
async function grantToRetire(
  deps: KeyServiceDeps,
  { grantToken, keyId, grantId }: KeyRequest<'RetireGrant'>,
  { caller }: Scope,
): Promise<KeyGrantRow> {
  if (grantToken !== undefined) {
    const grant = await deps.directory.grantByToken(grantTokenHash(grantToken))
    const key = grant && (await deps.directory.byId(caller.projectId, grant.keyId))
    if (grant === undefined || key === undefined)
      throw new StoreError('InvalidGrantToken', 'The grant token names no grant')
    return grant
  }
  if (keyId === undefined || grantId === undefined)
    throw new StoreError('InvalidArgument', 'A grant is named by its token, or by its key and id', {
      argument: 'grantToken',
    })
  const key = await deps.names.find(caller.projectId, keyId)
  const grant = (await deps.directory.grants(key.keyId)).find((each) => each.grantId === grantId)
  if (grant === undefined) throw new StoreError('NoSuchGrant', 'The grant does not exist')
  return grant
}

/** The retiring principal, the grantee where the grant says so, and whoever may retire grants of the key. */
async function requireMayRetire(deps: KeyServiceDeps, grant: KeyGrantRow, scope: Scope): Promise<void> {
  const { account } = await deps.names.home(scope.caller.projectId)
  const himself = userArn(account, scope.caller.userId)
  if (grant.retiringPrincipal === himself) return
  if (grant.granteePrincipal === himself && grant.operations.includes('RetireGrant')) return
  const key = await deps.directory.byId(scope.caller.projectId, grant.keyId)
  if (key === undefined || stateAt(key, deps.now()) === 'Destroyed')
    throw new StoreError('NoSuchGrant', 'The grant does not exist')
  await authorize(deps, scope, 'kms:RetireGrant', key)
}
