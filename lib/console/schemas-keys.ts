import { z } from 'zod'

/** The key service's JSON between the console and its API. Times are ms since the epoch, bytes are plaintext bytes. */

export const keySpecSchema = z.enum(['AES_256', 'SM4'])
export type KeySpec = z.infer<typeof keySpecSchema>
export const keyOriginSchema = z.enum(['AWS_KMS', 'EXTERNAL'])
export const keyStateSchema = z.enum(['Enabled', 'Disabled', 'PendingImport', 'PendingDeletion', 'Destroyed'])
export type KeyState = z.infer<typeof keyStateSchema>

/** Bytes of key material by spec (FIPS 197; GB/T 32907). */
export const MATERIAL_BYTES: Record<KeySpec, number> = { AES_256: 32, SM4: 16 }

export const rotationStatusSchema = z.object({
  enabled: z.boolean(),
  periodDays: z.number().optional(),
  nextAt: z.number().optional(),
})
export type RotationStatus = z.infer<typeof rotationStatusSchema>

export const managedKeySchema = z.object({
  keyId: z.string(),
  arn: z.string(),
  account: z.string(),
  /** with their prefix: `alias/x` */
  aliases: z.array(z.string()),
  spec: keySpecSchema,
  state: keyStateSchema,
  origin: keyOriginSchema,
  /** shared by all members; rotates, and nothing else about it may be changed */
  isDefault: z.boolean(),
  description: z.string(),
  region: z.string(),
  currentVersion: z.number(),
  createdAt: z.number(),
  deletionAt: z.number().optional(),
  validTo: z.number().optional(),
  provider: z.string(),
})
export type ManagedKey = z.infer<typeof managedKeySchema>

/** A row of the list. What the key's own policy hides from the reader is left out. */
export const listedKeySchema = managedKeySchema.extend({
  rotation: rotationStatusSchema.optional(),
  usage: z.object({ objects: z.number(), bytes: z.number() }).optional(),
})
export type ListedKey = z.infer<typeof listedKeySchema>
export const keyListSchema = z.object({ keys: z.array(listedKeySchema) })

/** What hangs on a key. */
export const blastRadiusSchema = z.object({
  objects: z.number(),
  bytes: z.number(),
  uploads: z.number(),
  buckets: z.array(
    z.object({ bucket: z.string(), objects: z.number(), bytes: z.number(), namedByRule: z.boolean() }),
  ),
  versions: z.array(z.object({ version: z.number(), objects: z.number() })),
})
export type BlastRadius = z.infer<typeof blastRadiusSchema>

export const rotationSchema = z.object({
  version: z.number(),
  at: z.number(),
  type: z.enum(['CREATION', 'AUTOMATIC', 'ON_DEMAND', 'IMPORT']),
})
export type Rotation = z.infer<typeof rotationSchema>

export const keyTagSchema = z.object({ key: z.string(), value: z.string() })
export type KeyTag = z.infer<typeof keyTagSchema>

/** One key with what is asked of the service about it; a part its policy hides from the reader is left out. */
export const keyDetailSchema = managedKeySchema.extend({
  rotation: rotationStatusSchema.optional(),
  rotations: z.array(rotationSchema).optional(),
  radius: blastRadiusSchema.optional(),
  tags: z.array(keyTagSchema).optional(),
})
export type KeyDetail = z.infer<typeof keyDetailSchema>

// ---- what can be asked

/** As KMS has it (CreateAlias), without the prefix that the console adds. */
export const ALIAS_PATTERN = /^[A-Za-z0-9/_-]{1,250}$/
export const RESERVED_ALIAS = /^(aws|coffer)\//
export const aliasNameSchema = z
  .string()
  .regex(ALIAS_PATTERN)
  .refine((alias) => !RESERVED_ALIAS.test(alias))

/** KMS: 90 to 2,560 days, a year unless said otherwise (EnableKeyRotation). */
export const ROTATION_DAYS = { least: 90, most: 2560, usual: 365 }
export const rotationDaysSchema = z.number().int().min(ROTATION_DAYS.least).max(ROTATION_DAYS.most)
/** KMS: 7 to 30 days, 30 unless said otherwise (ScheduleKeyDeletion). */
export const WAITING_DAYS = { least: 7, most: 30, usual: 30 }

export const DESCRIPTION_LENGTH = 8192
export const createKeySchema = z.object({
  alias: aliasNameSchema,
  description: z.string().max(DESCRIPTION_LENGTH),
  spec: keySpecSchema,
  origin: keyOriginSchema,
  /** undefined: not by period. Imported material cannot be rotated by the service. */
  rotationDays: rotationDaysSchema.optional(),
  /** an external key service; undefined: this server, under its root key */
  provider: z.string().min(1).optional(),
})
export type CreateKey = z.infer<typeof createKeySchema>

export const changeKeySchema = z.object({
  description: z.string().max(DESCRIPTION_LENGTH).optional(),
  enabled: z.boolean().optional(),
})
export type ChangeKey = z.infer<typeof changeKeySchema>

export const changeRotationSchema = z.discriminatedUnion('enabled', [
  z.object({ enabled: z.literal(false) }),
  z.object({ enabled: z.literal(true), periodDays: rotationDaysSchema }),
])
export type ChangeRotation = z.infer<typeof changeRotationSchema>

export const scheduleDeletionSchema = z.object({
  pendingWindowDays: z.number().int().min(WAITING_DAYS.least).max(WAITING_DAYS.most),
  /** the alias (or id) typed by an owner, who destroys what hangs on the key with it */
  destroyDependents: z.string().min(1).optional(),
})
export type ScheduleDeletion = z.infer<typeof scheduleDeletionSchema>
export const scheduledDeletionSchema = z.object({ deletionAt: z.number() })

export const aliasChangeSchema = z.object({ alias: aliasNameSchema })
export const aliasQuerySchema = z.object({ alias: z.string().startsWith('alias/') })

/** All tags as they shall be: the API tells the service what to add and what to take away. */
export const MOST_TAGS = 50
export const putTagsSchema = z.object({
  tags: z
    .array(z.object({ key: z.string().min(1).max(128), value: z.string().max(256) }))
    .max(MOST_TAGS)
    .refine((tags) => new Set(tags.map(({ key }) => key)).size === tags.length),
})

// ---- import

export const wrappingKeySpecSchema = z.enum(['RSA_2048', 'RSA_3072', 'RSA_4096'])
export type WrappingKeySpec = z.infer<typeof wrappingKeySpecSchema>
export const importParametersQuerySchema = z.object({ wrappingKeySpec: wrappingKeySpecSchema })
/** base64; `publicKey` is DER SubjectPublicKeyInfo */
export const importParametersSchema = z.object({
  publicKey: z.string(),
  importToken: z.string(),
  validTo: z.number(),
})
export type ImportParameters = z.infer<typeof importParametersSchema>

export const importMaterialSchema = z.object({
  importToken: z.base64().min(1).max(16_384),
  encryptedKeyMaterial: z.base64().min(1).max(8192),
  validTo: z.number().int().optional(),
})
export type ImportMaterial = z.infer<typeof importMaterialSchema>

// ---- who may use it

export const keyPolicySchema = z.object({ policy: z.string() })
/** KMS: 32 kilobytes */
export const KEY_POLICY_LENGTH = 32_768
export const putKeyPolicySchema = z.object({
  policy: z.string().min(2).max(KEY_POLICY_LENGTH),
})
export type PutKeyPolicy = z.infer<typeof putKeyPolicySchema>

export const GRANT_OPERATIONS = [
  'Encrypt',
  'Decrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
  'DescribeKey',
  'CreateGrant',
  'RetireGrant',
] as const
export const grantOperationSchema = z.enum(GRANT_OPERATIONS)
export type GrantOperation = z.infer<typeof grantOperationSchema>

const contextSchema = z.record(z.string(), z.string())
const constraintsSchema = z.object({
  encryptionContextSubset: contextSchema.optional(),
  encryptionContextEquals: contextSchema.optional(),
})
export const grantSchema = z.object({
  grantId: z.string(),
  name: z.string().optional(),
  granteePrincipal: z.string(),
  retiringPrincipal: z.string().optional(),
  operations: z.array(grantOperationSchema),
  constraints: constraintsSchema,
  createdAt: z.number(),
})
export type Grant = z.infer<typeof grantSchema>
export const grantListSchema = z.object({ grants: z.array(grantSchema) })
export const createGrantSchema = z.object({
  name: z
    .string()
    .regex(/^[a-zA-Z0-9:/_-]{1,256}$/)
    .optional(),
  granteePrincipal: z.string().min(1).max(256),
  operations: z.array(grantOperationSchema).min(1),
  constraints: constraintsSchema,
})
export type CreateGrant = z.infer<typeof createGrantSchema>
export const grantIdQuerySchema = z.object({ grantId: z.string().min(1) })

// ---- who may use it, and what was done

export const decisionSchema = z.object({
  allowed: z.boolean(),
  layer: z.enum(['role', 'member-policy', 'bucket-policy', 'key-policy', 'grant']),
  rule: z.string().optional(),
})
export type Decision = z.infer<typeof decisionSchema>

const decisionsSchema = z.record(z.string(), decisionSchema)
export const keyAccessSchema = z.object({
  /** the reader's own decisions, by IAM's name of the action */
  you: decisionsSchema,
  members: z.array(
    z.object({
      userId: z.string(),
      name: z.string(),
      email: z.string(),
      role: z.enum(['owner', 'administrator', 'member', 'reader', 'auditor']),
      /** ARN by which policies and grants name them */
      principal: z.string(),
      decisions: decisionsSchema,
    }),
  ),
})
export type KeyAccess = z.infer<typeof keyAccessSchema>

const callsSchema = z.object({ calls: z.number(), denied: z.number() })
/** Calls of the key service for one key; `denied` of the `calls` were refused. Days are UTC. */
export const keyUsageSchema = z.object({
  /** one for each day, oldest first, also those without a call */
  days: z.array(callsSchema.extend({ day: z.iso.date() })),
  /** most first; undefined name: no member any more */
  members: z.array(callsSchema.extend({ userId: z.string(), name: z.string().optional() })),
  /** by IAM's name, most first */
  actions: z.array(callsSchema.extend({ action: z.string() })),
  month: z.object({ calls: z.number(), /** at its end, as things go */ expected: z.number() }),
})
export type KeyUsage = z.infer<typeof keyUsageSchema>
