import type { ProjectRole } from '../store/model.ts'
import { statementsOf } from './compile.ts'
import { RequestFacts } from './facts.ts'
import type { Action, PolicyDocument } from './model.ts'

const SEEING_BUCKETS = [
  's3:ListAllMyBuckets',
  's3:ListBucket',
  's3:ListBucketMultipartUploads',
  's3:ListMultipartUploadParts',
  's3:GetBucket*',
  's3:GetEncryptionConfiguration',
  's3:GetLifecycleConfiguration',
  's3:GetObjectAttributes',
  's3:GetObjectAcl',
  's3:GetObjectTagging',
  's3:ListBucketVersions',
  's3:GetObjectVersionAttributes',
  's3:GetObjectVersionAcl',
  's3:GetObjectVersionTagging',
  's3:GetObjectRetention',
  's3:GetObjectLegalHold',
]
const SEEING_KEYS = [
  'kms:DescribeKey',
  'kms:List*',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:GetBlastRadius',
]
/** Acts of the console are named Get, List or Read when they only show. */
const SEEING_PROJECT = [
  'coffer:ListMembers',
  'coffer:GetKeyUsage',
  'coffer:GetBackupState',
  'coffer:GetKeyServiceAuthorization',
  'coffer:ListJobs',
  'coffer:GetJob',
]

/** His own, of everybody: who may do nothing with one gains nothing. A policy may deny it. */
const OWN_ACCESS_KEYS = ['coffer:CreateAccessKey', 'coffer:UpdateAccessKey', 'coffer:DeleteAccessKey']

/**
 * What each role of a project may do. A role speaks of all resources and knows no conditions, so that the common
 * case needs one look into a set (`roleAllows`); finer rules are policies of members, buckets and keys.
 */
export const rolePolicies: Readonly<Record<ProjectRole, PolicyDocument>> = {
  owner: allowing(['s3:*', 'kms:*', 'coffer:*']),
  /** Everything but to destroy objects by destroying their key: no policy can give him that. */
  administrator: {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'administrator', Effect: 'Allow', Action: ['s3:*', 'kms:*', 'coffer:*'], Resource: '*' },
      { Sid: 'OwnersOnly', Effect: 'Deny', Action: 'coffer:DestroyKeyDependents', Resource: '*' },
    ],
  },
  /**
   * Works with objects and uses keys; rules about others, and the life of keys, are left to administrators. Where a
   * bucket keeps versions he cannot destroy one: that is what they are kept for. And he makes nothing public: to give away what
   * a project keeps is not part of working with it.
   */
  member: allowing([
    ...SEEING_BUCKETS,
    ...SEEING_KEYS,
    ...SEEING_PROJECT,
    ...OWN_ACCESS_KEYS,
    's3:CreateBucket',
    's3:DeleteBucket',
    's3:PutEncryptionConfiguration',
    's3:GetObject',
    's3:GetObjectVersion',
    's3:PutObject',
    's3:DeleteObject',
    's3:AbortMultipartUpload',
    's3:PutObjectTagging',
    's3:DeleteObjectTagging',
    's3:PutObjectVersionTagging',
    's3:DeleteObjectVersionTagging',
    's3:RestoreObject',
    's3:UpdateObjectEncryption',
    /** jobs of others, too: coffer:UpdateAnyJob, for administrators */
    'coffer:CreateJob',
    'coffer:UpdateJob',
    'kms:Encrypt',
    'kms:Decrypt',
    'kms:ReEncrypt*',
    'kms:GenerateDataKey',
    'kms:GenerateDataKeyWithoutPlaintext',
    'kms:GenerateRandom',
  ]),
  reader: allowing([
    ...SEEING_BUCKETS,
    ...SEEING_KEYS,
    ...SEEING_PROJECT,
    ...OWN_ACCESS_KEYS,
    's3:GetObject',
    's3:GetObjectVersion',
    'kms:Decrypt',
    'kms:GenerateRandom',
  ]),
  /** Sees that an object is there and encrypted, who did what and by which rule; never what an object says. */
  auditor: allowing([
    ...SEEING_BUCKETS,
    ...SEEING_KEYS,
    ...SEEING_PROJECT,
    ...OWN_ACCESS_KEYS,
    'coffer:Get*',
    'coffer:List*',
    'coffer:Read*',
    'coffer:ExportAuditLog',
    'coffer:VerifyAuditLog',
    'coffer:VerifyIntegrity',
  ]),
}

/** 'Allow', 'Deny', or undefined: the role says nothing of it. */
export type RoleEffect = 'Allow' | 'Deny' | undefined

const known = new Map<ProjectRole, Map<Action, RoleEffect>>()
const NO_FACTS = new RequestFacts({}, 'anonymous')

/** What a role says of an action, whatever the resource. The first asking is remembered. */
export function roleEffect(role: ProjectRole, action: Action): RoleEffect {
  const answers = known.get(role)
  if (answers?.has(action)) return answers.get(action)
  const effects = statementsOf(rolePolicies[role])
    .filter((statement) => statement.applies(action, '*', NO_FACTS))
    .map(({ effect }) => effect)
  const effect = effects.includes('Deny') ? 'Deny' : effects[0]
  if (answers) answers.set(action, effect)
  else known.set(role, new Map([[action, effect]]))
  return effect
}

export function roleAllows(role: ProjectRole, action: Action): boolean {
  return roleEffect(role, action) === 'Allow'
}

function allowing(actions: readonly string[]): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: [...actions], Resource: '*' }],
  }
}
