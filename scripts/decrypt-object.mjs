import { runCommand } from './lib/command.mjs'

await runCommand('scripts/backup/decrypt-object.ts')
