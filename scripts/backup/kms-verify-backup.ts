import { existsSync } from 'node:fs'
import { recordOf } from '../../lib/backup/open-backup.ts'
import { verifyBackup } from '../../lib/backup/verify-backup.ts'
import type { Evidence, Verification } from '../../lib/backup/verify-backup.ts'
import { openOffline, rememberVerification } from '../../lib/db/offline-database.ts'
import { command, databaseFile, readArguments, required, say, serverConfig } from './command-line.ts'
import { noteDone } from './note-done.ts'
import { fileAndSheets, openNamedBackup, OPENING, OPENING_USAGE } from './open-with.ts'
import { auditKeyOf, recordAct } from './record-act.ts'

const USAGE = `npm run kms:verify-backup -- FILE [--passphrase-file F | --shares S S S]

Opens a canary of every key in the backup and, where the database is at hand, a real data key of each.
${OPENING_USAGE}`

await command(USAGE, async () => {
  const words = readArguments(OPENING)
  const { values } = words
  const { file, sheets } = fileAndSheets(words)
  const { backup, text } = await openNamedBackup(required(file, 'FILE'), values, sheets)
  const record = recordOf(backup, text)
  const auditKey = auditKeyOf(backup.root.secret)
  const path = databaseFile(serverConfig())
  const database = existsSync(path) ? readEvidence(path) : undefined
  const result = await verifyBackup(backup, database)
  say(`Backup ${record.backupId}, made ${new Date(record.createdAt).toISOString()}`, ...report(result))
  if (database !== undefined && database.customerKeyObjects > 0)
    say(`${database.customerKeyObjects} objects are under their owners' own keys, which no backup holds.`)
  if (result.failures.length > 0) {
    process.exitCode = 1
    return say('THE BACKUP IS NOT GOOD. Make another and verify it.')
  }
  if (database === undefined)
    return say(`There is no database at ${path}: the backup proved itself, but nothing here remembers it.`)
  const { backupId, fingerprint } = record
  const details = { backupId, fingerprint, versions: result.versions, newer: result.newer.length }
  await noteDone('The backup is good.', 'When it can, run this command again.', async () => {
    rememberVerification(path, { ...record, verifiedAt: Date.now() })
    await recordAct(path, auditKey, { action: 'coffer:VerifyKeyBackup', details })
  })
  say(result.newer.length > 0 ? 'Verified, but keys are newer: make a new backup.' : 'Verified.')
})

function readEvidence(path: string): Evidence & { customerKeyObjects: number } {
  const database = openOffline(path)
  try {
    const samples = database.samples()
    const customerKeyObjects = database.customerKeyObjects()
    return { facts: database.backupFacts(), samples: () => samples, customerKeyObjects }
  } finally {
    // Before anything is written: the last to close folds the journal into the database, and a reader cannot.
    database.close()
  }
}

function report(result: Verification): string[] {
  const list = (what: string, names: string[]): string[] =>
    names.length === 0 ? [] : [`${what}:`, ...names.map((name) => `  ${name}`)]
  return [
    `Opened ${result.versions} key versions and ${result.dataKeys} data keys of real objects.`,
    ...list('Without material when it was made (destroyed, or not imported)', result.empty),
    ...list('Held by external key services, which must be backed up there', result.external),
    ...list('Newer than the backup', result.newer),
    ...list('DID NOT OPEN', result.failures),
  ]
}
