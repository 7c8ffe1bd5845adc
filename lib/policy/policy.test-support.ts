import type { ProjectRole } from '../store/model.ts'
import { parsePolicy, type PolicyKind } from './parse-policy.ts'
import type { PolicyDocument, Principal } from './model.ts'
import { userArn } from './principals.ts'

export const ACCOUNT = '111122223333'
export const OTHER_ACCOUNT = '444455556666'

/** A policy from its statements. */
export function policy(kind: PolicyKind, ...statements: object[]): PolicyDocument {
  return parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), kind)
}

export function somebody(
  role: ProjectRole,
  options: { userId?: string; account?: string; memberPolicy?: PolicyDocument } = {},
): Principal {
  const { userId = 'ada', account = ACCOUNT, memberPolicy } = options
  return { arn: userArn(account, userId), account, role, memberPolicy }
}
