/** Policies of members to begin with. */
export const POLICY_EXAMPLES = {
  noDelete: written({
    Sid: 'NeverDelete',
    Effect: 'Deny',
    Action: ['s3:DeleteObject', 's3:DeleteBucket'],
    Resource: '*',
  }),
  oneBucket: written({
    Sid: 'OnlyThisBucket',
    Effect: 'Deny',
    Action: 's3:*',
    NotResource: ['arn:aws:s3:::my-bucket', 'arn:aws:s3:::my-bucket/*'],
  }),
  fromOffice: written({
    Sid: 'OnlyFromTheOffice',
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '2001:db8::/32'] } },
  }),
}
export type PolicyExample = keyof typeof POLICY_EXAMPLES

function written(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] }, undefined, 2)
}
