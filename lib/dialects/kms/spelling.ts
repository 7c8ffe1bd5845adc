import type { KeyOperationName, KeyRequest, KeyResult, Page } from '../../kms/operations.ts'
import { listOf, text, textMap, whole, type Members } from './members.ts'

/** What AWS KMS has no word for, the console asks for. */
export type SpokenName = Exclude<KeyOperationName, 'GetBlastRadius'>

/** How KMS spells one operation: a request's members → values, and a result → the members of the answer. */
export interface Spelling<N extends KeyOperationName> {
  /** @throws StoreError MalformedJSON | InvalidArgument | NotImplemented */
  read(members: Members): KeyRequest<N>
  write(result: KeyResult<N>, request: KeyRequest<N>): object
  /** the request or the answer carries plaintext */
  secret?: true
}

/** Some operations: what one file spells. */
export type Spellings<N extends SpokenName> = { readonly [M in N]: Spelling<M> }

export const nothing = (): object => ({})

const keyId = text(1, 2048)
const grantTokensOf = listOf(text(1, 8192), 0, 10)

/** Id, ARN, alias or alias ARN under the name `KeyId`. */
export function onKey(members: Members): { keyId: string } {
  return { keyId: members.required('KeyId', keyId) }
}

export function keyNamed(members: Members, name: string): string {
  return members.required(name, keyId)
}

export function keyNamedOrNot(members: Members, name: string): string | undefined {
  return members.optional(name, keyId)
}

export function grantTokens(members: Members): { grantTokens: string[] } {
  return { grantTokens: members.optional('GrantTokens', grantTokensOf) ?? [] }
}

export function contextNamed(members: Members, name: string): Record<string, string> {
  return members.optional(name, textMap) ?? {}
}

export function page(members: Members): Page {
  return {
    limit: members.optional('Limit', whole(1, 1000)),
    marker: members.optional('Marker', text(1, 1024)),
  }
}

/** The two members that every list ends with. */
export function continued(nextMarker: string | undefined): { NextMarker?: string; Truncated: boolean } {
  return { ...(nextMarker !== undefined && { NextMarker: nextMarker }), Truncated: nextMarker !== undefined }
}
