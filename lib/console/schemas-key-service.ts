import { z } from 'zod'

/** GET /api/key-service → keyServiceSchema: whether the key service answers, as far as anybody asked it. */
export const keyServiceSchema = z.object({
  /** ms since the epoch; absent: it answers */
  awaySince: z.number().optional(),
})
export type KeyServiceState = z.infer<typeof keyServiceSchema>
