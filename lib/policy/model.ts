import type { ProjectRole } from '../store/model.ts'

/** IAM's names of what can be done: `s3:GetObject`, `kms:Decrypt`; `coffer:*` for the console's own acts. */
export type Action = `${'s3' | 'kms' | 'coffer'}:${string}`

export interface Statement {
  Sid?: string
  Effect: 'Allow' | 'Deny'
  /** in resource policies only: `*`, or ARNs of users, roles and the account */
  Principal?: '*' | { AWS: string | string[] }
  NotPrincipal?: '*' | { AWS: string | string[] }
  Action?: string | string[]
  NotAction?: string | string[]
  Resource?: string | string[]
  NotResource?: string | string[]
  Condition?: Record<string, Record<string, string | string[]>>
}

/** A policy in IAM's JSON (IAM User Guide, "Grammar of the IAM JSON policy language"). */
export interface PolicyDocument {
  Version: '2012-10-17' | '2008-10-17'
  Id?: string
  Statement: Statement[]
}

/** Who asks, as policies name him. */
export interface Principal {
  /** `arn:aws:iam::<account>:user/<userId>` */
  arn: string
  account: string
  role: ProjectRole
  /** the policy attached to his membership of the project, if any: narrows or widens what the role gives */
  memberPolicy: PolicyDocument | undefined
}

/** Facts of a request by the names of condition keys; a list for keys with several values. */
export type ConditionFacts = Readonly<Record<string, string | readonly string[] | undefined>>

/** One question: may this principal do this to this resource now? */
export interface Question {
  /** 'anonymous': only a resource policy that names `*` lets him in */
  principal: Principal | 'anonymous'
  action: Action
  /** ARN of the bucket, object or key */
  resource: string
  /** `aws:SourceIp`, `aws:SecureTransport`, `kms:EncryptionContext:<name>`, `kms:ViaService`, `s3:prefix` … */
  conditions: ConditionFacts
}

export type PolicyLayer = 'role' | 'member-policy' | 'bucket-policy' | 'key-policy' | 'grant'

/** Which layer decided, by which rule, and what would mend it: for the console; the wire says AccessDenied only. */
export interface Decision<L extends string = PolicyLayer> {
  allowed: boolean
  layer: L
  /** the role's name, a statement's Sid (or its number from 1), a grant's id, or the ACL; undefined: nothing allows it */
  rule: string | undefined
}
