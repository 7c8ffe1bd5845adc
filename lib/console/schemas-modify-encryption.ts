import { z } from 'zod'
import { encryptionPropertiesSchema, keyQuerySchema, suiteSchema } from './schemas.ts'

/**
 * Changing the encryption of one object, and reading objects under a customer's key. Such a key travels in bodies only,
 * never in an address (histories, logs), over TLS or to this machine; nobody keeps it.
 *
 * POST /api/buckets/{bucket}/objects/encryption?project=  modifyEncryptionSchema  → modifiedEncryptionSchema
 * POST /api/buckets/{bucket}/object-with-key?project=     objectWithKeySchema     → objectInfoSchema
 * POST /api/buckets/{bucket}/download-with-key?project=   downloadWithKeySchema   → the file (`check`: {})
 */

/** Bytes of a customer's key: that of its cipher. */
export const CUSTOMER_KEY_BYTES = { AES256: 32, SM4: 16 } as const

export const customerKeySchema = z
  .object({ suite: suiteSchema, key: z.base64() })
  .refine(({ suite, key }) => base64Bytes(key) === CUSTOMER_KEY_BYTES[suite], { path: ['key'] })
export type CustomerKeyJson = z.infer<typeof customerKeySchema>

export const encryptionTargetSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('service-key'), suite: suiteSchema }),
  z.object({
    kind: z.literal('managed-key'),
    suite: suiteSchema,
    /** id, ARN or alias; absent: the project's default key */
    keyRef: z.string().min(1).max(2048).optional(),
    context: z.record(z.string(), z.string()).default({}),
    bucketKeyEnabled: z.boolean().optional(),
  }),
  z.object({ kind: z.literal('customer-key'), ...customerKeySchema.shape }),
])
export type EncryptionTargetJson = z.input<typeof encryptionTargetSchema>

export const modifyEncryptionSchema = z
  .object({
    ...keyQuerySchema.shape,
    target: encryptionTargetSchema,
    /** opens the object where it lies under a customer's key */
    customerKey: customerKeySchema.optional(),
    /** refuse where data would have to be read and written */
    rewrapOnly: z.boolean().optional(),
  })
  .refine(
    ({ target }) =>
      target.kind !== 'customer-key' || base64Bytes(target.key) === CUSTOMER_KEY_BYTES[target.suite],
    { path: ['target', 'key'] },
  )
export type ModifyEncryptionJson = z.input<typeof modifyEncryptionSchema>

export const modifiedEncryptionSchema = z.object({
  change: z.enum(['unchanged', 'rewrapped', 'rewritten']),
  previous: encryptionPropertiesSchema,
  encryption: encryptionPropertiesSchema,
  size: z.number(),
})
export type ModifiedEncryption = z.infer<typeof modifiedEncryptionSchema>

export const objectWithKeySchema = z.object({ ...keyQuerySchema.shape, customerKey: customerKeySchema })

/** A form's fields, since only a form saves what a POST answers without holding it in memory. */
export const downloadWithKeySchema = z
  .object({
    ...keyQuerySchema.shape,
    suite: suiteSchema,
    customerKey: z.base64(),
    check: z.literal('1').optional(),
  })
  .refine(({ suite, customerKey }) => base64Bytes(customerKey) === CUSTOMER_KEY_BYTES[suite], {
    path: ['customerKey'],
  })

function base64Bytes(text: string): number {
  return (text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0)
}
