import { existsSync } from 'node:fs'
import { restoreRoot } from '../../lib/backup/restore.ts'
import type { RestoredFor } from '../../lib/backup/restore.ts'
import { DatabaseError } from '../../lib/db/database-error.ts'
import { offlineRootCheckValue, openOffline } from '../../lib/db/offline-database.ts'
import { command, databaseFile, readArguments, required, say, serverConfig } from './command-line.ts'
import { rootSourceOf } from './root-at-hand.ts'
import { noteDone } from './note-done.ts'
import { fileAndSheets, openNamedBackup, OPENING, OPENING_USAGE } from './open-with.ts'
import { auditKeyOf, recordAct } from './record-act.ts'

const USAGE = `npm run kms:restore -- FILE [--passphrase-file F | --shares S S S]

Puts the root key of the backup where the settings (COFFER_ROOT_*) keep it, after checking it against the database in
COFFER_DATA_DIR if there is one. Nothing is overwritten.
${OPENING_USAGE}`

await command(USAGE, async () => {
  const words = readArguments(OPENING)
  const { values } = words
  const { file, sheets } = fileAndSheets(words)
  const config = serverConfig()
  const source = rootSourceOf(config)
  const path = databaseFile(config)
  const stored = existsSync(path) ? readDatabase(path) : undefined
  const { backup } = await openNamedBackup(required(file, 'FILE'), values, sheets)
  const auditKey = auditKeyOf(backup.root.secret)
  const { rootKey, newer, missing } = await restoreRoot(backup, source, stored)
  say(
    rootKey === 'written'
      ? `Written again: ${source.name}.`
      : `Nothing to write: ${source.name} holds this root already.`,
  )
  if (stored === undefined)
    return say(
      `There is no database at ${path} yet: copy the whole data folder there, coffer.db-wal included, then start Coffer.`,
    )
  say('It is the root key of the database in the data folder. Start Coffer: npm start')
  if (stored.keys === undefined)
    say('It was made by another version of Coffer, so its keys were not compared with the backup.')
  if (newer.length > 0) say('Newer than the backup, and in the database alone:', ...indented(newer))
  if (missing.length > 0)
    say(
      'In the backup, but not in the database (destroyed since, or its copy is older):',
      ...indented(missing),
    )
  if (stored.keys === undefined) return
  const details = { backupId: backup.backupId, rootKey, place: source.name }
  const mend = 'Only the audit log lacks it. Mend the database before you start Coffer on it.'
  await noteDone('The root key is where it belongs.', mend, () =>
    recordAct(path, auditKey, { action: 'coffer:RestoreRootKey', details }),
  )
})

/** An older database becomes comparable only when Coffer starts on it, which needs the root key first. */
function readDatabase(file: string): RestoredFor {
  const rootCheckValue = offlineRootCheckValue(file)
  try {
    const database = openOffline(file)
    const { keys } = database.storedKeys()
    database.close()
    return { rootCheckValue, keys }
  } catch (error) {
    if (error instanceof DatabaseError) return { rootCheckValue, keys: undefined }
    throw error
  }
}

function indented(names: string[]): string[] {
  return names.map((name) => `  ${name}`)
}
