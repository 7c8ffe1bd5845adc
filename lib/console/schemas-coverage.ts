import { z } from 'zod'
import { suiteSchema } from './schemas.ts'

/**
 * How much is encrypted, and how: object versions, from counters that are right at every commit.
 *
 * GET /api/coverage?project=                  → coverageSchema, of all buckets that the person may list
 * GET /api/coverage?project=&bucket=          → of a bucket
 * GET /api/coverage?project=&bucket=&folder=  → of a folder in it, which ends with '/'
 */
export const coverageQuerySchema = z.object({
  bucket: z.string().min(1).optional(),
  folder: z.union([z.literal(''), z.string().max(1024).endsWith('/')]).default(''),
})

export const coverageShareSchema = z.object({
  mode: z.enum(['none', 'service-key', 'managed-key', 'customer-key']),
  /** absent: plaintext */
  suite: suiteSchema.optional(),
  /** of managed-key only */
  keyId: z.string().optional(),
  objects: z.number(),
  bytes: z.number(),
})
export type CoverageShare = z.infer<typeof coverageShareSchema>

export const coverageSchema = z.object({
  objects: z.number(),
  bytes: z.number(),
  plaintextObjects: z.number(),
  plaintextBytes: z.number(),
  /** most objects first */
  shares: z.array(coverageShareSchema),
  /** buckets of the project that the person may not list, and that are not counted */
  hiddenBuckets: z.number(),
})
export type Coverage = z.infer<typeof coverageSchema>
