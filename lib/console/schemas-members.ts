import { z } from 'zod'
import { PASSWORD_LENGTH } from './schemas.ts'

/**
 * Members, invitations, roles and policies, as the console and its API speak of them. Routes:
 *
 * GET    /api/members?project=                     → memberListSchema
 * PATCH  /api/members/{userId}?project=            changeMemberSchema → {}
 * DELETE /api/members/{userId}?project=            → {}   (one's own id: leave the project)
 * POST   /api/members/invitations?project=         inviteSchema → createdInvitationSchema
 * DELETE /api/members/invitations/{id}?project=    → {}
 * GET    /api/invitation?token=                    → invitationOfferSchema (needs no session)
 * POST   /api/invitation                           acceptInvitationSchema → acceptedSchema (sets the session of a new user)
 * GET    /api/roles                                → roleTableSchema
 * POST   /api/projects                             createProjectSchema → createdProjectSchema
 * GET    /api/buckets/{bucket}/policy?project=     → bucketPolicySchema
 * PUT    /api/buckets/{bucket}/policy?project=     putPolicySchema → {}
 * DELETE /api/buckets/{bucket}/policy?project=     → {}
 *
 * A refusal is AccessDenied with the facts `layer` (role, member-policy, bucket-policy, key-policy, grant), `rule`
 * (the role, a statement's Sid or number; absent: nothing allows it), `action` and `resource`.
 */
export const roleSchema = z.enum(['owner', 'administrator', 'member', 'reader', 'auditor'])
export type Role = z.infer<typeof roleSchema>

export const memberSchema = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  role: roleSchema,
  /** IAM JSON, as it was written */
  policy: z.string().optional(),
  /** how many this member has in the project */
  accessKeys: z.number(),
  /** when one of them was used last; absent: never */
  lastUsedAt: z.number().optional(),
  /** the person who asks */
  isYou: z.boolean(),
  /** the person who asks may change this one's role and remove them */
  manageable: z.boolean(),
})
export type Member = z.infer<typeof memberSchema>

export const invitationSchema = z.object({
  invitationId: z.string(),
  email: z.string(),
  role: roleSchema,
  expiresAt: z.number(),
})
export type Invitation = z.infer<typeof invitationSchema>

export const memberListSchema = z.object({
  members: z.array(memberSchema),
  invitations: z.array(invitationSchema),
  /** roles the person who asks may give */
  assignableRoles: z.array(roleSchema),
})
export type MemberList = z.infer<typeof memberListSchema>

export const inviteSchema = z.object({ email: z.email(), role: roleSchema })
export type Invite = z.infer<typeof inviteSchema>
/** `url` is the one-time link (the page /join?token=…), told this once. */
export const createdInvitationSchema = invitationSchema.extend({ url: z.string() })
export type CreatedInvitation = z.infer<typeof createdInvitationSchema>

export const POLICY_LENGTH = 32 * 1024
/** Either, or both; `policy: null` takes it away. */
export const changeMemberSchema = z
  .object({ role: roleSchema, policy: z.string().max(POLICY_LENGTH).nullable() })
  .partial()
  .refine(({ role, policy }) => role !== undefined || policy !== undefined)
export type ChangeMember = z.infer<typeof changeMemberSchema>

export const tokenQuerySchema = z.object({ token: z.string().min(1).max(100) })
export const invitationOfferSchema = z.object({
  projectName: z.string(),
  email: z.string(),
  role: roleSchema,
  expiresAt: z.number(),
  /** the address has an account here: sign in, then accept */
  hasAccount: z.boolean(),
})
export type InvitationOffer = z.infer<typeof invitationOfferSchema>

/** Name and password make a new account; without them the person signed in accepts. */
export const acceptInvitationSchema = z.object({
  token: z.string().min(1).max(100),
  account: z
    .object({
      name: z.string().trim().min(1).max(120),
      password: z.string().min(PASSWORD_LENGTH).max(1024),
    })
    .optional(),
})
export type AcceptInvitation = z.infer<typeof acceptInvitationSchema>
export const acceptedSchema = z.object({ projectId: z.string() })

export const roleTableSchema = z.object({
  roles: z.array(z.object({ role: roleSchema, allows: z.array(z.string()), denies: z.array(z.string()) })),
})
export type RoleTable = z.infer<typeof roleTableSchema>

export const createProjectSchema = z.object({ name: z.string().trim().min(1).max(120) })
export type CreateProject = z.infer<typeof createProjectSchema>
export const createdProjectSchema = z.object({ projectId: z.string(), name: z.string() })

export const putPolicySchema = z.object({ policy: z.string().min(1).max(POLICY_LENGTH) })
export const bucketPolicySchema = z.object({
  /** IAM JSON, as it was written; absent: none */
  policy: z.string().optional(),
  /** it lets anybody in */
  isPublic: z.boolean(),
})
export type BucketPolicy = z.infer<typeof bucketPolicySchema>
