import { expect, test } from 'vitest'
import type { ProjectRole } from '../store/model.ts'
import { decide } from './decide.ts'
import type { Action } from './model.ts'
import { somebody } from './policy.test-support.ts'
import { roleAllows, rolePolicies } from './roles.ts'

const ROLES = Object.keys(rolePolicies) as ProjectRole[]

/** What each role may do, action by action: o(wner) a(dministrator) m(ember) r(eader) (a)u(ditor). */
const TABLE: Record<Action, string> = {
  's3:ListAllMyBuckets': 'oamru',
  's3:CreateBucket': 'oam--',
  's3:DeleteBucket': 'oam--',
  's3:ListBucket': 'oamru',
  's3:GetBucketLocation': 'oamru',
  's3:GetEncryptionConfiguration': 'oamru',
  's3:PutEncryptionConfiguration': 'oam--',
  's3:GetBucketPolicy': 'oamru',
  's3:GetBucketPolicyStatus': 'oamru',
  's3:PutBucketPolicy': 'oa---',
  's3:DeleteBucketPolicy': 'oa---',
  's3:GetBucketAcl': 'oamru',
  's3:PutBucketAcl': 'oa---',
  's3:GetObjectAcl': 'oamru',
  's3:GetObjectVersionAcl': 'oamru',
  's3:PutObjectAcl': 'oa---',
  's3:PutObjectVersionAcl': 'oa---',
  's3:GetBucketCORS': 'oamru',
  's3:PutBucketCORS': 'oa---',
  's3:GetLifecycleConfiguration': 'oamru',
  's3:PutLifecycleConfiguration': 'oa---',
  's3:ListBucketMultipartUploads': 'oamru',
  's3:ListMultipartUploadParts': 'oamru',
  's3:AbortMultipartUpload': 'oam--',
  's3:GetObject': 'oamr-',
  's3:GetObjectAttributes': 'oamru',
  's3:GetObjectTagging': 'oamru',
  's3:PutObject': 'oam--',
  's3:PutObjectTagging': 'oam--',
  's3:DeleteObject': 'oam--',
  's3:DeleteObjectTagging': 'oam--',
  's3:UpdateObjectEncryption': 'oam--',
  's3:GetBucketVersioning': 'oamru',
  's3:PutBucketVersioning': 'oa---',
  's3:ListBucketVersions': 'oamru',
  's3:GetObjectVersion': 'oamr-',
  's3:GetObjectVersionAttributes': 'oamru',
  's3:GetObjectVersionTagging': 'oamru',
  's3:PutObjectVersionTagging': 'oam--',
  's3:DeleteObjectVersionTagging': 'oam--',
  's3:DeleteObjectVersion': 'oa---',
  's3:RestoreObject': 'oam--',
  's3:GetBucketObjectLockConfiguration': 'oamru',
  's3:PutBucketObjectLockConfiguration': 'oa---',
  's3:GetObjectRetention': 'oamru',
  's3:PutObjectRetention': 'oa---',
  's3:GetObjectLegalHold': 'oamru',
  's3:PutObjectLegalHold': 'oa---',
  's3:BypassGovernanceRetention': 'oa---',
  'kms:Encrypt': 'oam--',
  'kms:Decrypt': 'oamr-',
  'kms:ReEncryptFrom': 'oam--',
  'kms:ReEncryptTo': 'oam--',
  'kms:GenerateDataKey': 'oam--',
  'kms:GenerateDataKeyWithoutPlaintext': 'oam--',
  'kms:GenerateRandom': 'oamr-',
  'kms:DescribeKey': 'oamru',
  'kms:ListKeys': 'oamru',
  'kms:ListAliases': 'oamru',
  'kms:ListGrants': 'oamru',
  'kms:GetKeyPolicy': 'oamru',
  'kms:GetKeyRotationStatus': 'oamru',
  'kms:GetBlastRadius': 'oamru',
  'kms:GetParametersForImport': 'oa---',
  'kms:CreateKey': 'oa---',
  'kms:DisableKey': 'oa---',
  'kms:PutKeyPolicy': 'oa---',
  'kms:CreateGrant': 'oa---',
  'kms:RotateKeyOnDemand': 'oa---',
  'kms:ScheduleKeyDeletion': 'oa---',
  'coffer:DestroyKeyDependents': 'o----',
  'coffer:ListMembers': 'oamru',
  'coffer:CreateAccessKey': 'oamru',
  'coffer:UpdateAccessKey': 'oamru',
  'coffer:DeleteAccessKey': 'oamru',
  'coffer:InviteMember': 'oa---',
  'coffer:ChangeMemberRole': 'oa---',
  'coffer:SetMemberPolicy': 'oa---',
  'coffer:RemoveMember': 'oa---',
  'coffer:ReadAuditLog': 'oa--u',
  'coffer:ExportAuditLog': 'oa--u',
  'coffer:VerifyAuditLog': 'oa--u',
  'coffer:ListJobs': 'oamru',
  'coffer:GetJob': 'oamru',
  'coffer:CreateJob': 'oam--',
  'coffer:UpdateJob': 'oam--',
  'coffer:UpdateAnyJob': 'oa---',
  'coffer:GetKeyUsage': 'oamru',
  'coffer:GetBackupState': 'oamru',
}

test.each(Object.entries(TABLE) as [Action, string][])('%s: %s', (action, expected) => {
  const letters = ROLES.map((role, i) => (roleAllows(role, action) ? 'oamru'[i] : '-'))
  expect(letters.join('')).toBe(expected)
  for (const role of ROLES) {
    const question = { principal: somebody(role), action, resource: 'arn:aws:s3:::b/k', conditions: {} }
    expect(decide(question).allowed, role).toBe(roleAllows(role, action))
  }
})

test('a role speaks of every resource and knows no condition: what it says is remembered by action alone', () => {
  for (const { Statement: statements } of Object.values(rolePolicies))
    for (const { Resource, Condition, NotResource } of statements)
      expect({ Resource, Condition, NotResource }).toEqual({ Resource: '*' })
})
