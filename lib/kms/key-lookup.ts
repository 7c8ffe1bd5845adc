import { StoreError } from '../errors.ts'
import type { KeyEntry } from '../keys/key-directory.ts'
import { stateAt } from '../keys/key-errors.ts'
import { keyArn, keyNotFound } from '../keys/key-reference.ts'
import type { KeyMetadata } from './operations.ts'
import type { KeyAccessQuestion } from './access.ts'
import type { KeyServiceDeps, Scope } from './use-case.ts'

type Asked = Pick<KeyAccessQuestion, 'encryptionContext' | 'conditions'>

/**
 * The key of this name in the caller's project, if he may do this with it.
 * @throws StoreError KeyIdMalformed | KeyNotFound (destroyed ones too) | KeyInOtherRegion | AccessDenied
 */
export async function authorizedKey(
  deps: KeyServiceDeps,
  scope: Scope,
  keyRef: string,
  action: `kms:${string}`,
  asked: Asked = {},
): Promise<KeyEntry> {
  const key = await deps.names.find(scope.caller.projectId, keyRef)
  scope.trail.key(key)
  await authorize(deps, scope, action, key, asked)
  if (key.state === 'Destroyed') throw keyNotFound()
  return key
}

/** @throws StoreError AccessDenied */
export function authorize(
  { access }: KeyServiceDeps,
  { caller, request }: Scope,
  action: `kms:${string}`,
  key?: KeyEntry,
  asked: Asked = {},
) {
  return access.authorize({ caller, request, action, key, ...asked })
}

export async function arnOf({ names }: KeyServiceDeps, key: KeyEntry): Promise<string> {
  return keyArn(await names.home(key.projectId), key.keyId)
}

export async function metadataOf(deps: KeyServiceDeps, key: KeyEntry): Promise<KeyMetadata> {
  const home = await deps.names.home(key.projectId)
  const { keyId, projectId, aliases, spec, origin, isDefault, description, currentVersion, createdAt } = key
  const state = stateAt(key, deps.now())
  return {
    keyId,
    arn: keyArn(home, keyId),
    account: home.account,
    projectId,
    aliases: [...aliases],
    spec,
    state,
    origin,
    isDefault,
    description,
    region: home.region,
    currentVersion,
    createdAt,
    deletionAt: key.deletionAt,
    validTo: key.validTo,
    provider: key.provider,
  }
}

/** The project's default key rotates, and nothing else about it may be changed. @throws StoreError KeyIsProjectDefault */
export function requireOwnKey({ keyId, isDefault }: Pick<KeyEntry, 'keyId' | 'isDefault'>): void {
  if (!isDefault) return
  throw new StoreError(
    'KeyIsProjectDefault',
    'The default key of a project is shared by its members and cannot be changed; it only rotates.',
    { keyId },
  )
}

/** @throws StoreError KeyInvalidState unless the key is in one of these states now */
export function requireState(
  key: KeyEntry,
  allowed: readonly KeyEntry['state'][],
  now: number,
): KeyEntry['state'] {
  const state = stateAt(key, now)
  if (allowed.includes(state)) return state
  if (state === 'Destroyed') throw keyNotFound()
  throw new StoreError('KeyInvalidState', `The key ${key.keyId} is ${state}: it cannot do this now.`, {
    keyId: key.keyId,
    state,
  })
}

/** KMS answers UnsupportedOperationException. */
export function unsupported(message: string, key: KeyEntry): StoreError {
  return new StoreError('NotImplemented', message, { keyId: key.keyId, origin: key.origin })
}
