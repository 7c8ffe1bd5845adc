import { z } from 'zod'

/** Who is let in beside those whom roles and policies let in (S3 user guide, "Canned ACL"). */
export const cannedAclSchema = z.enum(['private', 'public-read', 'public-read-write', 'authenticated-read'])
export type CannedAcl = z.infer<typeof cannedAclSchema>
/** Of a file; `default`: its bucket's. */
export const objectAclSchema = z.enum(['default', ...cannedAclSchema.options])
export type ObjectAcl = z.infer<typeof objectAclSchema>

export const bucketAccessSchema = z.object({
  acl: cannedAclSchema,
  /** the operator allows nothing to be public, whatever an ACL says */
  blocked: z.boolean(),
})
export type BucketAccess = z.infer<typeof bucketAccessSchema>
export const changeBucketAccessSchema = z.object({ acl: cannedAclSchema })

export const objectAccessSchema = z.object({
  acl: objectAclSchema,
  /** what `default` comes to */
  effective: cannedAclSchema,
  blocked: z.boolean(),
})
export type ObjectAccess = z.infer<typeof objectAccessSchema>
export const changeObjectAccessSchema = z.object({ key: z.string().min(1), acl: objectAclSchema })

/** Does it let in anybody from outside the project? */
export function isPublic({ acl, blocked }: { acl: CannedAcl; blocked: boolean }): boolean {
  return acl !== 'private' && !blocked
}
