import { z } from 'zod'

/**
 * The audit log as the console and its API speak of it. Routes:
 *
 * GET /api/audit?project=&{auditFilterSchema}&before=&limit=       → auditPageSchema, newest first
 * GET /api/audit/export?project=&{auditFilterSchema}&format=       → a file: one record a line (ndjson, or csv with a header)
 */
export const AUDIT_RESULTS = ['all', 'success', 'refused'] as const
export const auditFilterSchema = z.object({
  /** ms since the epoch; from is included, to is not */
  from: z.coerce.number().int().optional(),
  to: z.coerce.number().int().optional(),
  /** IAM's name, or its beginning: `kms:Decrypt`, `kms:` */
  action: z.string().max(200).optional(),
  userId: z.string().max(200).optional(),
  accessKeyId: z.string().max(200).optional(),
  keyId: z.string().max(200).optional(),
  bucket: z.string().max(200).optional(),
  /** the object's key, or its beginning */
  objectKey: z.string().max(1024).optional(),
  result: z.enum(AUDIT_RESULTS).default('all'),
})
export type AuditFilter = Partial<z.output<typeof auditFilterSchema>>

export const AUDIT_PAGE_SIZE = 100
export const auditQuerySchema = auditFilterSchema.extend({
  /** a sequence number: only records before it */
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(AUDIT_PAGE_SIZE),
})

export const auditRecordSchema = z.object({
  /** from 1, over the whole installation; a project sees its own */
  sequence: z.number(),
  /** ms since the epoch */
  at: z.number(),
  userId: z.string().optional(),
  accessKeyId: z.string().optional(),
  /** absent: the server itself */
  sourceAddress: z.string().optional(),
  action: z.string(),
  keyId: z.string().optional(),
  keyVersion: z.number().optional(),
  bucket: z.string().optional(),
  objectKey: z.string().optional(),
  /** 'Success', or the code of the refusal */
  result: z.string(),
  requestId: z.string().optional(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** SHA-256, hex */
  previousHash: z.string(),
  hash: z.string(),
})
export type AuditRecord = z.infer<typeof auditRecordSchema>

/** The newest record of the whole log: whoever noted it can prove later that nothing before it was changed. */
export const auditHeadSchema = z.object({ sequence: z.number(), hash: z.string(), at: z.number() })
export type AuditHead = z.infer<typeof auditHeadSchema>

export const auditPageSchema = z.object({
  records: z.array(auditRecordSchema),
  /** `before` of the next page; absent at the end */
  next: z.number().optional(),
  /** absent while the log is empty */
  head: auditHeadSchema.optional(),
})
export type AuditPage = z.infer<typeof auditPageSchema>

export const AUDIT_FORMATS = ['ndjson', 'csv'] as const
export type AuditFormat = (typeof AUDIT_FORMATS)[number]
export const auditExportQuerySchema = auditFilterSchema.extend({ format: z.enum(AUDIT_FORMATS) })
