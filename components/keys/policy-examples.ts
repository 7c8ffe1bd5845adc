import type { ManagedKey } from '@/lib/console/schemas-keys'

/** Statements that people often need, to be changed to their case. */
export const EXAMPLES = ['roles', 'readers', 'network', 'owners'] as const
export type Example = (typeof EXAMPLES)[number]

type Account = Pick<ManagedKey, 'account'>

const STATEMENTS: Record<Example, (key: Account) => object> = {
  /** without it, only those whom the policy names may use the key */
  roles: ({ account }) => ({
    Sid: 'LeaveItToRoles',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'kms:*',
    Resource: '*',
  }),
  readers: ({ account }) => ({
    Sid: 'ReadersMayDecrypt',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:role/reader` },
    Action: ['kms:Decrypt', 'kms:DescribeKey'],
    Resource: '*',
  }),
  network: () => ({
    Sid: 'OnlyFromOurNetwork',
    Effect: 'Deny',
    Principal: '*',
    Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    Resource: '*',
    Condition: { NotIpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '192.168.0.0/16'] } },
  }),
  owners: ({ account }) => ({
    Sid: 'OnlyOwnersChangeTheKey',
    Effect: 'Deny',
    Principal: { AWS: `arn:aws:iam::${account}:role/administrator` },
    Action: ['kms:DisableKey', 'kms:ScheduleKeyDeletion', 'kms:PutKeyPolicy'],
    Resource: '*',
  }),
}

/** @param text a policy without problems */
export function withStatement(text: string, example: Example, key: Account): string {
  const policy = JSON.parse(text) as { Statement?: unknown }
  const before = policy.Statement === undefined ? [] : [policy.Statement].flat()
  return JSON.stringify({ ...policy, Statement: [...before, STATEMENTS[example](key)] }, null, 2)
}
