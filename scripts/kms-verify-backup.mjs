import { runCommand } from './lib/command.mjs'

await runCommand('scripts/backup/kms-verify-backup.ts')
