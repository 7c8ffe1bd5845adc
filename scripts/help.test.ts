import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const COMMANDS = [
  ['start', 'npm start'],
  ['kms-backup', 'npm run kms:backup'],
  ['kms-verify-backup', 'npm run kms:verify-backup'],
  ['kms-restore', 'npm run kms:restore'],
  ['root-move', 'npm run root:move'],
  ['decrypt-object', 'npm run decrypt-object'],
  ['audit-verify', 'npm run audit:verify'],
  ['verify-receipt', 'npm run verify-receipt'],
] as const

test.each(COMMANDS)('%s --help says how it is used, and does nothing', (script, usage) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, `${script}.mjs`), '--help'],
    { encoding: 'utf8' },
  )
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toContain(usage)
})
