/** The commands of the backup page; e2e runs them as they are, where Coffer is installed. */
const FILE = 'coffer-keys.backup'

export const BACKUP_COMMANDS = {
  make: `npm run kms:backup -- --to ${FILE}`,
  split: `npm run kms:backup -- --to ${FILE} --shares 3-of-5`,
  verify: `npm run kms:verify-backup -- ${FILE}`,
  restore: `npm run kms:restore -- ${FILE}`,
} as const
