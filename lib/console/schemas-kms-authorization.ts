import { z } from 'zod'

/** GET and POST /api/kms-authorization: the step before COS clients may use a project's keys. */
export const kmsAuthorizationSchema = z.object({
  /** ms since the epoch; absent: not yet */
  authorizedAt: z.number().optional(),
  mayAuthorize: z.boolean(),
})
export type KmsAuthorizationAnswer = z.infer<typeof kmsAuthorizationSchema>
