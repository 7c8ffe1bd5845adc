import { describe, expect, test } from 'vitest'
import { decide } from './decide.ts'
import { decideKeyUse } from './decide-key-use.ts'
import type { Action, ConditionFacts, Principal } from './model.ts'
import { ACCOUNT, policy, somebody } from './policy.test-support.ts'

/** Policies as AWS's guides print them, with names of our own, and what their text says of requests. */
type Case = [who: Principal | 'anonymous', action: Action, resource: string, ConditionFacts, allowed: boolean]

const B = 'arn:aws:s3:::amzn-s3-demo-bucket'
const ada = somebody('auditor')
const member = somebody('member')

function judged(resourcePolicy: ReturnType<typeof policy>, cases: Case[]): void {
  for (const [principal, action, resource, conditions, allowed] of cases)
    expect(
      decide({ principal, action, resource, conditions }, { resourcePolicy }).allowed,
      `${action} ${resource} ${JSON.stringify(conditions)}`,
    ).toBe(allowed)
}

describe('S3 user guide, "Examples of Amazon S3 bucket policies"', () => {
  test('granting public read-only permission', () => {
    judged(
      policy('bucket', {
        Sid: 'PublicRead',
        Effect: 'Allow',
        Principal: '*',
        Action: ['s3:GetObject', 's3:GetObjectVersion'],
        Resource: [`${B}/*`],
      }),
      [
        ['anonymous', 's3:GetObject', `${B}/a/b`, {}, true],
        ['anonymous', 's3:PutObject', `${B}/a`, {}, false],
        ['anonymous', 's3:ListBucket', B, {}, false],
      ],
    )
  })

  test('restricting access to specific IP addresses', () => {
    judged(
      policy('bucket', {
        Sid: 'IPAllow',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [B, `${B}/*`],
        Condition: { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
      }),
      [
        [member, 's3:GetObject', `${B}/k`, { 'aws:SourceIp': '192.0.2.77' }, true],
        [member, 's3:GetObject', `${B}/k`, { 'aws:SourceIp': '203.0.113.1' }, false],
        [member, 's3:GetObject', `${B}/k`, {}, false],
      ],
    )
  })

  test('requiring HTTPS', () => {
    judged(
      policy('bucket', {
        Sid: 'RestrictToTLSRequestsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [B, `${B}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      [
        [member, 's3:GetObject', `${B}/k`, { 'aws:SecureTransport': 'true' }, true],
        [member, 's3:GetObject', `${B}/k`, { 'aws:SecureTransport': 'false' }, false],
      ],
    )
  })

  test('requiring server-side encryption with KMS', () => {
    judged(
      policy('bucket', {
        Sid: 'DenyObjectsThatAreNotSSEKMS',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:PutObject',
        Resource: `${B}/*`,
        Condition: { Null: { 's3:x-amz-server-side-encryption-aws-kms-key-id': 'true' } },
      }),
      [
        [member, 's3:PutObject', `${B}/k`, { 's3:x-amz-server-side-encryption': 'AES256' }, false],
        [
          member,
          's3:PutObject',
          `${B}/k`,
          { 's3:x-amz-server-side-encryption-aws-kms-key-id': 'arn:x' },
          true,
        ],
        [member, 's3:GetObject', `${B}/k`, {}, true],
      ],
    )
  })

  test('denying what is not encrypted as wished', () => {
    judged(
      policy('bucket', {
        Sid: 'DenyIncorrectEncryptionHeader',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:PutObject',
        Resource: `${B}/*`,
        Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
      }),
      [
        [member, 's3:PutObject', `${B}/k`, { 's3:x-amz-server-side-encryption': 'aws:kms' }, true],
        [member, 's3:PutObject', `${B}/k`, { 's3:x-amz-server-side-encryption': 'AES256' }, false],
        [member, 's3:PutObject', `${B}/k`, {}, false],
      ],
    )
  })

  test('users’ own folders, by a policy variable', () => {
    judged(
      policy(
        'bucket',
        {
          Sid: 'AllowStatement3',
          Effect: 'Allow',
          Principal: '*',
          Action: ['s3:ListBucket'],
          Resource: [B],
          Condition: { StringLike: { 's3:prefix': ['${aws:username}/*'] } },
        },
        {
          Sid: 'AllowStatement4',
          Effect: 'Allow',
          Principal: '*',
          Action: ['s3:PutObject', 's3:GetObject'],
          Resource: [`${B}/\${aws:username}/*`],
        },
      ),
      [
        [ada, 's3:PutObject', `${B}/ada/x`, {}, true],
        [ada, 's3:GetObject', `${B}/eve/x`, {}, false],
        [somebody('auditor', { userId: '*' }), 's3:GetObject', `${B}/eve/x`, {}, false],
        ['anonymous', 's3:GetObject', `${B}/ada/x`, {}, false],
      ],
    )
  })

  test('uploads with certain tags only', () => {
    judged(
      policy('bucket', {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/ada` },
        Action: 's3:PutObjectTagging',
        Resource: [`${B}/*`],
        Condition: { 'ForAllValues:StringLike': { 's3:RequestObjectTagKeys': ['Owner', 'CreationDate'] } },
      }),
      [
        [ada, 's3:PutObjectTagging', `${B}/k`, { 's3:RequestObjectTagKeys': ['Owner'] }, true],
        [ada, 's3:PutObjectTagging', `${B}/k`, { 's3:RequestObjectTagKeys': ['Owner', 'x'] }, false],
      ],
    )
  })
})

describe('IAM user guide', () => {
  test('access between two dates', () => {
    const memberPolicy = policy('member', {
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: '*',
      Condition: {
        DateGreaterThan: { 'aws:CurrentTime': '2020-04-01T00:00:00Z' },
        DateLessThan: { 'aws:CurrentTime': '2020-06-30T23:59:59Z' },
      },
    })
    const at = (time: string) =>
      decide({
        principal: somebody('auditor', { memberPolicy }),
        action: 's3:GetObject',
        resource: `${B}/k`,
        conditions: { 'aws:CurrentTime': time },
      }).allowed
    expect(['2020-03-31T23:59:59Z', '2020-05-01T12:00:00Z', '2020-07-01T00:00:00Z'].map(at)).toEqual([
      false,
      true,
      false,
    ])
  })

  test('all but one service', () => {
    const memberPolicy = policy('member', { Effect: 'Allow', NotAction: 'kms:*', Resource: '*' })
    const principal = somebody('auditor', { memberPolicy })
    const may = (action: Action, resource: string) =>
      decide({ principal, action, resource, conditions: {} }).allowed
    expect([may('s3:PutObject', `${B}/k`), may('kms:CreateKey', '*')]).toEqual([true, false])
  })
})

describe('KMS developer guide', () => {
  const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
  const root = { AWS: `arn:aws:iam::${ACCOUNT}:root` }
  const uses = (
    keyPolicy: ReturnType<typeof policy>,
    principal: Principal,
    action: Action,
    conditions: ConditionFacts = {},
  ) =>
    decideKeyUse({ principal, action, resource: KEY, conditions }, { policy: keyPolicy, grants: [] }).allowed

  test('"Default key policy": the account statement leaves it to the roles', () => {
    const byDefault = policy('key', {
      Sid: 'Enable IAM User Permissions',
      Effect: 'Allow',
      Principal: root,
      Action: 'kms:*',
      Resource: '*',
    })
    expect(uses(byDefault, member, 'kms:Decrypt')).toBe(true)
    expect(uses(byDefault, member, 'kms:PutKeyPolicy')).toBe(false)
    expect(uses(byDefault, ada, 'kms:Decrypt')).toBe(false)
  })

  test('"kms:EncryptionContext:context-key"', () => {
    const inContext = policy('key', {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/auditor` },
      Action: 'kms:GenerateDataKey',
      Resource: '*',
      Condition: { StringEquals: { 'kms:EncryptionContext:AppName': 'ExampleApp' } },
    })
    const generate = (conditions: ConditionFacts) => uses(inContext, ada, 'kms:GenerateDataKey', conditions)
    expect(generate({ 'kms:EncryptionContext:AppName': 'ExampleApp' })).toBe(true)
    expect(generate({ 'kms:EncryptionContext:appname': 'ExampleApp' })).toBe(true)
    expect(generate({ 'kms:EncryptionContext:AppName': 'exampleapp' })).toBe(false)
    expect(generate({})).toBe(false)
  })

  test('"kms:EncryptionContextKeys": exactly these', () => {
    const byKeys = policy('key', {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/ada` },
      Action: 'kms:GenerateDataKey*',
      Resource: '*',
      Condition: {
        Null: { 'kms:EncryptionContextKeys': 'false' },
        'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['AppName', 'FilePath'] },
      },
    })
    const generate = (...names: string[]) =>
      uses(byKeys, ada, 'kms:GenerateDataKey', {
        'kms:EncryptionContextKeys': names.length > 0 ? names : undefined,
      })
    expect([
      generate('AppName'),
      generate('AppName', 'FilePath'),
      generate('AppName', 'x'),
      generate(),
    ]).toEqual([true, true, false, false])
  })

  test('"kms:ViaService": only through S3', () => {
    const viaS3 = policy('key', {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/ada` },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: '*',
      Condition: { StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } },
    })
    expect(uses(viaS3, ada, 'kms:Decrypt', { 'kms:ViaService': 's3.us-east-1.amazonaws.com' })).toBe(true)
    expect(uses(viaS3, ada, 'kms:Decrypt')).toBe(false)
  })
})
