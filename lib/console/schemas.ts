import { z } from 'zod'
import { bucketNameProblem } from './bucket-name.ts'
import { MAX_PARTS } from './file-parts.ts'
import { folderNameProblem } from './object-key.ts'

/**
 * The JSON the console and its API speak. Times are milliseconds since the epoch, sizes are plaintext
 * bytes, ETags have no quotes. Requests are parsed by the API, answers by the browser, with the same schemas.
 */
export const suiteSchema = z.enum(['AES256', 'SM4'])
export type Suite = z.infer<typeof suiteSchema>

/** What a person chooses for new objects; the project's default key unless `keyRef` names another. */
export const encryptionRuleSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('service-key'), suite: suiteSchema }),
  z.object({ kind: z.literal('managed-key'), suite: suiteSchema, keyRef: z.string().optional() }),
])
export type EncryptionRule = z.infer<typeof encryptionRuleSchema>

/** How the object of an upload shall be encrypted. */
export const uploadEncryptionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('bucket-default') }),
  ...encryptionRuleSchema.options,
])
export type UploadEncryption = z.infer<typeof uploadEncryptionSchema>

/** How an object is encrypted; nothing in it is secret. */
export const encryptionPropertiesSchema = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('none') }),
  z.object({
    mode: z.literal('service-key'),
    suite: suiteSchema,
    keyVersion: z.number(),
    encryptedAt: z.number(),
  }),
  z.object({
    mode: z.literal('managed-key'),
    suite: suiteSchema,
    keyId: z.string(),
    keyArn: z.string(),
    keyVersion: z.number(),
    context: z.record(z.string(), z.string()),
    encryptedAt: z.number(),
  }),
  z.object({ mode: z.literal('customer-key'), suite: suiteSchema, encryptedAt: z.number() }),
])
export type EncryptionProperties = z.infer<typeof encryptionPropertiesSchema>

export const keySchema = z.object({
  keyId: z.string(),
  arn: z.string(),
  aliases: z.array(z.string()),
  state: z.string(),
})
export type ProjectKey = z.infer<typeof keySchema>

// ---- people

export const signInSchema = z.object({ email: z.string().trim().min(1), password: z.string().min(1) })
export type SignIn = z.infer<typeof signInSchema>

export const PASSWORD_LENGTH = 12
export const welcomeSchema = z.object({
  token: z.string().min(1),
  name: z.string().trim().min(1).max(120),
  email: z.email(),
  password: z.string().min(PASSWORD_LENGTH).max(1024),
})
export type Welcome = z.infer<typeof welcomeSchema>

export const chooseProjectSchema = z.object({ projectId: z.string() })

export const projectSchema = z.object({
  projectId: z.string(),
  name: z.string(),
  role: z.enum(['owner', 'administrator', 'member', 'reader', 'auditor']),
})
export type Project = z.infer<typeof projectSchema>

export const meSchema = z.object({
  user: z.object({
    userId: z.string(),
    name: z.string(),
    email: z.string(),
    /** of this Coffer: makes projects and keeps the backups of keys */
    isAdministrator: z.boolean(),
  }),
  projects: z.array(projectSchema),
  /** the one the person works in; undefined for somebody without a project */
  project: projectSchema.optional(),
  /** the project's default key, whose id S3 clients send with SSE-KMS */
  key: keySchema.optional(),
  objectEndpoint: z.string(),
  region: z.string(),
  /** what a new bucket starts with */
  newBucketEncryption: encryptionRuleSchema,
})
export type Me = z.infer<typeof meSchema>

// ---- buckets

export const bucketSchema = z.object({
  name: z.string(),
  region: z.string(),
  createdAt: z.number(),
  encryption: encryptionRuleSchema,
  objects: z.number(),
  bytes: z.number(),
  plaintextObjects: z.number(),
  /** absent: it never kept older versions, so it has none */
  versioning: z.enum(['Enabled', 'Suspended']).optional(),
})
export type Bucket = z.infer<typeof bucketSchema>
export const bucketListSchema = z.object({ buckets: z.array(bucketSchema) })

export const createBucketSchema = z.object({
  name: z.string().refine((name) => !bucketNameProblem(name)),
  encryption: encryptionRuleSchema,
})
export type CreateBucket = z.infer<typeof createBucketSchema>

export const changeBucketSchema = z.object({ encryption: encryptionRuleSchema })
export type ChangeBucket = z.infer<typeof changeBucketSchema>

// ---- objects

export const objectSummarySchema = z.object({
  key: z.string(),
  size: z.number(),
  etag: z.string(),
  lastModified: z.number(),
  encryption: encryptionPropertiesSchema,
  /** where it matters: in buckets that keep versions */
  versionId: z.string().optional(),
  /** false: an older version; absent: nobody asked for those */
  isLatest: z.boolean().optional(),
})
export type ObjectSummary = z.infer<typeof objectSummarySchema>

export const PAGE_SIZE = 200
export const listObjectsQuerySchema = z.object({
  prefix: z.string().default(''),
  delimiter: z.string().max(1).default('/'),
  after: z.string().default(''),
  limit: z.coerce.number().int().min(1).max(1000).default(PAGE_SIZE),
})
export type ListObjectsQuery = Partial<z.output<typeof listObjectsQuerySchema>>

export const objectPageSchema = z.object({
  objects: z.array(objectSummarySchema),
  /** whole prefixes, each ending with the delimiter */
  folders: z.array(z.string()),
  /** pass it as `after` for the next page */
  next: z.string().optional(),
})
export type ObjectPage = z.infer<typeof objectPageSchema>

export const objectInfoSchema = objectSummarySchema.extend({
  storageClass: z.string(),
  contentType: z.string(),
  /** standard headers stored with the object, by header name; only those that are set */
  headers: z.record(z.string(), z.string()),
  userMetadata: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
  checksums: z.array(z.object({ algorithm: z.string(), type: z.string(), value: z.string() })),
  partCount: z.number(),
  /** aliases of the key, when it is one of the project's */
  keyAliases: z.array(z.string()),
  /** its key could not be used (SSE-C, disabled, …): only what the list knows of it is told */
  withoutKey: z.boolean(),
})
export type ObjectInfo = z.infer<typeof objectInfoSchema>

/** Without a version id, the current version. */
export const keyQuerySchema = z.object({
  key: z.string().min(1),
  versionId: z.string().min(1).max(1024).optional(),
})
export type ObjectAt = z.infer<typeof keyQuerySchema>

export const uploadQuerySchema = z.object({
  key: z.string().min(1),
  encryption: z.enum(['bucket-default', 'none', 'service-key', 'managed-key']).default('bucket-default'),
  suite: suiteSchema.default('AES256'),
  /** with managed-key: another key than the project's default one */
  keyRef: z.string().min(1).optional(),
})
export type UploadQuery = z.output<typeof uploadQuerySchema>

/** Begins an upload in parts. */
export const createUploadSchema = uploadQuerySchema.extend({ contentType: z.string() })
export type CreateUpload = z.input<typeof createUploadSchema>
export const createdUploadSchema = z.object({ uploadId: z.string() })

export const partQuerySchema = z.object({
  key: z.string().min(1),
  part: z.coerce.number().int().min(1).max(MAX_PARTS),
})
export const writtenPartSchema = z.object({ etag: z.string() })

/** the ETags of parts 1, 2, … */
export const completeUploadSchema = z.object({
  key: z.string().min(1),
  etags: z.array(z.string()).min(1).max(MAX_PARTS),
})
export type CompleteUpload = z.infer<typeof completeUploadSchema>

/** What was begun in parts and is neither completed nor given up, the first of them. */
export const unfinishedUploadsSchema = z.object({
  uploads: z.array(
    z.object({
      key: z.string(),
      uploadId: z.string(),
      initiatedAt: z.number(),
      parts: z.number(),
      bytes: z.number(),
    }),
  ),
  /** there are more behind these */
  more: z.boolean(),
})
export type UnfinishedUploads = z.infer<typeof unfinishedUploadsSchema>
export type UnfinishedUpload = UnfinishedUploads['uploads'][number]

export const writtenSchema = z.object({
  etag: z.string(),
  size: z.number(),
  encryption: encryptionPropertiesSchema,
})
export type Written = z.infer<typeof writtenSchema>

export const createFolderSchema = z.object({
  prefix: z.string(),
  name: z.string().refine((name) => !folderNameProblem(name)),
})
export type CreateFolder = z.infer<typeof createFolderSchema>

/** how many keys, and how many folders, one request may name */
export const DELETE_BATCH = 1000
export const deleteObjectsSchema = z.object({
  keys: z.array(z.string().min(1)).max(DELETE_BATCH),
  /** everything below these prefixes */
  folders: z.array(z.string().min(1).endsWith('/')).max(DELETE_BATCH),
})
export type DeleteObjects = z.infer<typeof deleteObjectsSchema>

export const deletedSchema = z.object({
  deleted: z.number(),
  /** at most 100 of the failures are named */
  failed: z.array(z.object({ key: z.string(), code: z.string() })),
  failures: z.number(),
})
export type Deleted = z.infer<typeof deletedSchema>

// ---- access keys

export const accessKeySchema = z.object({
  accessKeyId: z.string(),
  description: z.string(),
  state: z.enum(['Active', 'Inactive']),
  createdAt: z.number(),
  lastUsedAt: z.number().optional(),
})
export type AccessKey = z.infer<typeof accessKeySchema>
export const accessKeyListSchema = z.object({ accessKeys: z.array(accessKeySchema) })

export const createAccessKeySchema = z.object({ description: z.string().trim().max(200) })
export type CreateAccessKey = z.infer<typeof createAccessKeySchema>
export const createdAccessKeySchema = accessKeySchema.extend({ secretAccessKey: z.string() })
export type CreatedAccessKey = z.infer<typeof createdAccessKeySchema>

export const changeAccessKeySchema = z.object({
  accessKeyId: z.string().min(1),
  state: z.enum(['Active', 'Inactive']),
})
export const accessKeyIdQuerySchema = z.object({ accessKeyId: z.string().min(1) })

// ---- failures

export const failureSchema = z.object({
  code: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  requestId: z.string().optional(),
})
export const emptySchema = z.object({})
