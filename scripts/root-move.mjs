import { runCommand } from './lib/command.mjs'

await runCommand('scripts/root/root-move.ts', { opensDatabase: true })
