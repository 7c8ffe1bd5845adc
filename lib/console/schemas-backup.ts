import { z } from 'zod'

/**
 * GET /api/backup → backupAnswerSchema
 *
 * Keys are backed up by commands on the server (`npm run kms:backup`), so only administrators of the installation
 * hear of it; for everybody else `backup` is null.
 */
export const backupStateSchema = z.object({
  /** ms since the epoch; absent: never */
  lastBackupAt: z.number().optional(),
  lastVerifiedAt: z.number().optional(),
  /** key versions in use that the newest backup does not hold */
  keysNewerThanBackup: z.number(),
  /** `unverified`: the newest backup was not opened since it was made; `stale`: keys are newer than it */
  state: z.enum(['never', 'unverified', 'stale', 'verified']),
})
export type BackupState = z.infer<typeof backupStateSchema>

export const backupAnswerSchema = z.object({ backup: backupStateSchema.nullable() })
export type BackupAnswer = z.infer<typeof backupAnswerSchema>
