import { z } from 'zod'
import { encryptionPropertiesSchema, suiteSchema } from './schemas.ts'

/**
 * Proofs of objects and what is known of their integrity. Routes:
 *
 * GET  /api/buckets/:bucket/proof?project=&key=         → proofStateSchema
 * POST /api/buckets/:bucket/proof?project=              proveSchema → lines of JSON (NDJSON), each a proofLineSchema: progress
 *                                                       while it reads, then one result or one failure
 * GET  /api/integrity?project=                          → integrityStateSchema
 * POST /api/integrity?project=                          → {}: a round begins, or the running one goes on
 * GET  /api/integrity/findings?project=&{findingQuery}  → findingPageSchema, newest first
 * GET  /api/receipt-key                                 → receiptKeySchema, for anybody
 *
 * Times are ms since the epoch.
 */
export const STEPS = ['rows', 'key', 'object', 'parts', 'blobs', 'chunks', 'checksums'] as const
export const stepSchema = z.enum(STEPS)
export type Step = z.infer<typeof stepSchema>

export const STEP_STATES = ['passed', 'failed', 'not-checked', 'not-applicable'] as const
export const stepStateSchema = z.enum(STEP_STATES)
export type StepState = z.infer<typeof stepStateSchema>

export const DAMAGE_KINDS = [
  'row-unreadable',
  'key-missing',
  'key-wrong',
  'object-mac',
  'signed-plaintext',
  'part-missing',
  'part-order',
  'part-row',
  'blob-missing',
  'blob-short',
  'blob-long',
  'blob-unreadable',
  'header',
  'chunk',
  'checksum',
  'checksum-row',
] as const

export const damageSchema = z.object({
  step: stepSchema,
  what: z.enum(DAMAGE_KINDS),
  part: z.number().optional(),
  blobId: z.string().optional(),
  chunk: z.number().optional(),
  offset: z.number().optional(),
})
export type Damage = z.infer<typeof damageSchema>

export const findingSchema = z.object({
  findingId: z.number(),
  bucket: z.string(),
  key: z.string(),
  versionId: z.string(),
  size: z.number().optional(),
  /** no bucket has the id that the row names: there is no page to go to */
  homeless: z.boolean(),
  damage: z.array(damageSchema),
  damageCount: z.number(),
  foundBy: z.enum(['check', 'scrub']),
  firstSeen: z.number(),
  lastSeen: z.number(),
  resolvedAt: z.number().optional(),
  resolution: z.enum(['passed', 'gone']).optional(),
})
export type Finding = z.infer<typeof findingSchema>

export const proofStateSchema = z.object({ finding: findingSchema.optional() })

export const proveSchema = z.object({
  key: z.string().min(1),
  versionId: z.string().min(1).optional(),
  /** of an object under a customer's key; without it less is checked */
  customerKey: z.object({ suite: suiteSchema, key: z.base64() }).optional(),
})
export type Prove = z.infer<typeof proveSchema>

export const sampleSchema = z.object({
  part: z.number(),
  offset: z.number(),
  /** up to 64 bytes */
  hex: z.string(),
  bitsPerByte: z.number(),
  over: z.number(),
  searched: z.number(),
  found: z.boolean(),
})
export type CiphertextSample = z.infer<typeof sampleSchema>

export const proofSchema = z.object({
  /** everything that applies was looked at, and holds */
  proven: z.boolean(),
  steps: z.array(z.object({ step: stepSchema, state: stepStateSchema })),
  damage: z.array(damageSchema),
  damageCount: z.number(),
  /** the code that says why the key could not be used */
  keyWithheld: z.string().optional(),
  encryption: encryptionPropertiesSchema.optional(),
  blobs: z.number(),
  storedBytes: z.number(),
  chunks: z.number(),
  sample: sampleSchema.optional(),
  checkedAt: z.number(),
  tookMs: z.number(),
  /** the receipt's file, to the byte, and whose signature is under it */
  receipt: z.string(),
  fingerprint: z.string(),
})
export type Proof = z.infer<typeof proofSchema>

export const proofLineSchema = z.union([
  z.object({ progress: z.object({ read: z.number(), size: z.number() }) }),
  z.object({ result: proofSchema }),
  z.object({ failure: z.unknown() }),
])

const roundSchema = z.object({
  startedAt: z.number(),
  finishedAt: z.number().optional(),
  /** how far through everything, 0…1 */
  fraction: z.number(),
  /** of this project */
  objects: z.number(),
  bytes: z.number(),
  withoutKey: z.number(),
  damaged: z.number(),
})
export type ScrubRound = z.infer<typeof roundSchema>

export const integrityStateSchema = z.object({
  /** 0: rounds are made only when somebody asks */
  periodDays: z.number(),
  running: roundSchema.optional(),
  last: roundSchema.optional(),
  nextAt: z.number().optional(),
  openFindings: z.number(),
  mayStart: z.boolean(),
})
export type IntegrityState = z.infer<typeof integrityStateSchema>

export const FINDING_STATES = ['open', 'resolved'] as const
export type FindingState = (typeof FINDING_STATES)[number]
export const findingQuerySchema = z.object({
  state: z.enum(FINDING_STATES).default('open'),
  /** part of bucket/key */
  search: z.string().max(1024).default(''),
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})
export type FindingQuery = Partial<z.output<typeof findingQuerySchema>>

export const findingPageSchema = z.object({
  findings: z.array(findingSchema),
  /** `before` of the next page; absent at the end */
  next: z.number().optional(),
})
export type FindingPage = z.infer<typeof findingPageSchema>

export const receiptKeySchema = z.object({
  /** SHA-256 of the public key, hex */
  fingerprint: z.string(),
  /** SubjectPublicKeyInfo: DER in base64, and as PEM */
  publicKey: z.string(),
  pem: z.string(),
})
export type ReceiptKey = z.infer<typeof receiptKeySchema>
