import { runCommand } from './lib/command.mjs'

await runCommand('scripts/backup/kms-backup.ts')
