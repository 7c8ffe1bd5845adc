import type { Caller, ProjectRole } from '../store/model.ts'
import type { Principal, Statement } from './model.ts'

const ARN = /^arn:aws:iam::(\d{12}):(root|user\/[A-Za-z0-9+=,.@_-]+|role\/[a-z]+)$/
const ROLES: ReadonlySet<string> = new Set<ProjectRole>([
  'owner',
  'administrator',
  'member',
  'reader',
  'auditor',
])

export function accountArn(account: string): string {
  return `arn:aws:iam::${account}:root`
}

export function userArn(account: string, userId: string): string {
  return `arn:aws:iam::${account}:user/${userId}`
}

/** Everybody who has this role in the project. */
export function roleArn(account: string, role: ProjectRole): string {
  return `arn:aws:iam::${account}:role/${role}`
}

/** A caller as policies name him. */
export function principalOf(caller: Caller): Principal | 'anonymous' {
  if (caller.kind === 'anonymous') return 'anonymous'
  const { account, userId, role, memberPolicy } = caller
  return { arn: userArn(account, userId), account, role, memberPolicy }
}

/** `*`, an account number, or the ARN of an account, a user or a role; IAM allows no wildcard inside one. */
export function isPrincipalName(name: string): boolean {
  if (name === '*' || /^\d{12}$/.test(name)) return true
  const [, , resource] = ARN.exec(name) ?? []
  if (resource === undefined) return false
  return !resource.startsWith('role/') || ROLES.has(resource.slice('role/'.length))
}

/**
 * How a statement of a resource policy names somebody: himself (by user, role or `*`), only his account, which
 * leaves it to the account's own rules, or not at all.
 */
export type Naming = 'himself' | 'account' | 'not'

export function namingOf(names: readonly string[], principal: Principal | 'anonymous'): Naming {
  if (names.includes('*')) return 'himself'
  if (principal === 'anonymous') return 'not'
  const { arn, account, role } = principal
  if (names.includes(arn) || names.includes(roleArn(account, role))) return 'himself'
  return names.includes(account) || names.includes(accountArn(account)) ? 'account' : 'not'
}

/** Principals of a statement as a list. */
export function principalNames(principal: NonNullable<Statement['Principal']>): string[] {
  if (principal === '*') return ['*']
  return typeof principal.AWS === 'string' ? [principal.AWS] : principal.AWS
}
