import { z } from 'zod'

/** GET /api/key-service → keyServiceSchema: the external key services of the settings, and whether each answers, as far as anybody asked it. */
export const keyServiceSchema = z.object({
  services: z.array(
    z.object({
      name: z.string(),
      /** ms since the epoch; absent: it answers */
      awaySince: z.number().optional(),
    }),
  ),
})
export type KeyServiceState = z.infer<typeof keyServiceSchema>
