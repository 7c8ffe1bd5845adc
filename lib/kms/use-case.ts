import type { AuditLog } from '../audit/model.ts'
import type { KeyDirectory } from '../keys/key-directory.ts'
import type { Keyring } from '../keys/keyring.ts'
import type { KeyNames } from '../keys/key-names.ts'
import type { KeyProvider } from '../keys/key-provider.ts'
import type { ManagedKeys } from '../keys/managed-keys.ts'
import type { KeyAccess, Member } from './access.ts'
import type { KeyDependents } from './dependents.ts'
import type { KeyOperationName, KeyRequest, KeyRequestContext, KeyResult } from './operations.ts'
import type { AuditTrail } from './audit-trail.ts'

/** Everything a use case may reach. Wired once in system.ts. */
export interface KeyServiceDeps {
  directory: KeyDirectory
  names: KeyNames
  managedKeys: ManagedKeys
  provider: KeyProvider
  sealer: Pick<Keyring, 'seal' | 'open'>
  dependents: KeyDependents
  access: KeyAccess
  audit: AuditLog
  /** key services that new keys may name, besides 'embedded' */
  providers: readonly string[]
  /** ms since the epoch */
  now(): number
}

/** One request on its way: who asks, from where, and what the audit log will say of it. */
export interface Scope {
  caller: Member
  request: KeyRequestContext
  trail: AuditTrail
}

/** One operation. Authorises through deps.access, notes key and version on the trail, and acts. */
export type UseCase<N extends KeyOperationName> = (
  deps: KeyServiceDeps,
  request: KeyRequest<N>,
  scope: Scope,
) => Promise<KeyResult<N>>

/** A missing operation does not compile. */
export type UseCases = { readonly [N in KeyOperationName]: UseCase<N> }

/** Some of them: what one file of use cases exports. */
export type SomeUseCases<N extends KeyOperationName> = Pick<UseCases, N>
