import type { RoleTable } from './schemas-members.ts'

/**
 * What people want to know of a role, in the order of a working day, each by the actions it takes. What a role may do
 * comes from the server's role policies alone; here stand only the questions.
 */
export const ABILITIES = {
  seeFiles: ['s3:ListBucket', 's3:GetObjectAttributes'],
  readFiles: ['s3:GetObject', 'kms:Decrypt'],
  writeFiles: ['s3:PutObject', 's3:DeleteObject', 'kms:GenerateDataKey'],
  manageBuckets: ['s3:CreateBucket', 's3:DeleteBucket', 's3:PutEncryptionConfiguration'],
  setBucketPolicies: ['s3:PutBucketPolicy', 's3:DeleteBucketPolicy'],
  seeKeys: ['kms:ListKeys', 'kms:DescribeKey', 'kms:GetKeyPolicy'],
  useKeys: ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey'],
  manageKeys: ['kms:CreateKey', 'kms:DisableKey', 'kms:RotateKeyOnDemand', 'kms:ScheduleKeyDeletion'],
  decideKeyUse: ['kms:PutKeyPolicy', 'kms:CreateGrant', 'kms:RevokeGrant'],
  destroyWithKey: ['coffer:DestroyKeyDependents'],
  seeMembers: ['coffer:ListMembers'],
  manageMembers: ['coffer:InviteMember', 'coffer:ChangeMemberRole', 'coffer:RemoveMember'],
  readAuditLog: ['coffer:ReadAuditLog', 'coffer:ExportAuditLog'],
} as const
export type Ability = keyof typeof ABILITIES

type RolePolicy = Pick<RoleTable['roles'][number], 'allows' | 'denies'>

/** True when the role's policy allows every action of the ability and denies none. */
export function isAble({ allows, denies }: RolePolicy, ability: Ability): boolean {
  const covered = (patterns: readonly string[], action: string) =>
    patterns.some((pattern) => matchesAction(pattern, action))
  return ABILITIES[ability].every((action) => covered(allows, action) && !covered(denies, action))
}

/** `*` and `?` as policies have them; actions have no case (IAM User Guide, "Action"). */
export function matchesAction(pattern: string, action: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'i').test(action)
}
