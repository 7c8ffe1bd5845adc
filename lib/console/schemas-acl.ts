import { z } from 'zod'

/** Who is let in beside those whom roles and policies let in (S3 user guide, "Canned ACL"). */
export const cannedAclSchema = z.enum(['private', 'public-read', 'public-read-write', 'authenticated-read'])
export type CannedAcl = z.infer<typeof cannedAclSchema>
/** Of a file; `default`: its bucket's. */
export const objectAclSchema = z.enum(['default', ...cannedAclSchema.options])
export type ObjectAcl = z.infer<typeof objectAclSchema>

export const bucketAccessSchema = z.object({
  acl: cannedAclSchema,
  /** a bucket policy lets everybody in to something */
  publicPolicy: z.boolean(),
  /** the operator allows nothing to be public, whatever an ACL says */
  blocked: z.boolean(),
})
export type BucketAccess = z.infer<typeof bucketAccessSchema>
export const changeBucketAccessSchema = z.object({ acl: cannedAclSchema })

export const objectAccessSchema = z.object({
  acl: objectAclSchema,
  /** what `default` comes to */
  effective: cannedAclSchema,
  /** of its bucket: it may be about this file or not */
  publicPolicy: z.boolean(),
  blocked: z.boolean(),
})
export type ObjectAccess = z.infer<typeof objectAccessSchema>
export const changeObjectAccessSchema = z.object({ key: z.string().min(1), acl: objectAclSchema })

/** Is anybody from outside the project let in? Errs on the side of yes. */
export function isPublic({ acl, publicPolicy, blocked }: BucketAccess): boolean {
  return (acl !== 'private' || publicPolicy) && !blocked
}
