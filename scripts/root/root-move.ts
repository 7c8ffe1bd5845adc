import { readConfig } from '../../lib/config.ts'
import { openDatabase } from '../../lib/db/database.ts'
import { requireDatabase } from '../../lib/db/offline-database.ts'
import { moveRoot } from '../../lib/keys/root/move-root.ts'
import { processSurroundings, rootSource } from '../../lib/keys/root/root-from-settings.ts'
import { command, databaseFile, PROJECT, say, serverConfig, UsageError } from '../backup/command-line.ts'
import { noteDone } from '../backup/note-done.ts'
import { auditKeyOf, recordAct } from '../backup/record-act.ts'

const USAGE = `npm run root:move -- COFFER_ROOT=DRIVER [COFFER_ROOT_…=VALUE …]

Puts the root key of this data folder into another place, or seals it anew, e.g. under a new passphrase. The
environment says where it is now, the arguments where it shall be; the server must be stopped. Nothing is encrypted
anew, and the old place keeps what it has unless it is the same file.`

await command(USAGE, async () => {
  const config = serverConfig()
  const wanted = readConfig({ ...surroundings(), ...settingsOf(process.argv.slice(2)) }, PROJECT)
  const around = processSurroundings(console.error)
  const from = rootSource(config.root, around)
  const to = rootSource(wanted.root, around)
  const file = databaseFile(config)
  requireDatabase(file)
  const database = await openDatabase({ dataDir: config.dataDir })
  try {
    await moveRoot({ source: from, dataDir: config.dataDir, repository: database.keys }, to)
  } finally {
    await database.close()
  }
  say(
    `The root key is now here too: ${to.name}.`,
    'Start Coffer with the new settings. When it runs, keep the old place as a backup or remove it.',
  )
  const moved = await to.unseal()
  if (moved.kind !== 'whole') return
  const auditKey = auditKeyOf(moved.secret)
  moved.secret.fill(0)
  const details = { from: from.name, to: to.name }
  await noteDone('The root key was moved.', 'Only the audit log lacks it.', () =>
    recordAct(file, auditKey, { action: 'coffer:MoveRootKey', details }),
  )
})

/** The settings of another driver would be mistakes beside the new ones. */
function surroundings(): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(
    ([name]) => name === 'COFFER_ROOT_KEY_FILE' || !/^COFFER_ROOT(_|$)/.test(name),
  )
  return Object.fromEntries(kept)
}

function settingsOf(words: string[]): Record<string, string> {
  const pairs = words.map((word): [string, string] => {
    const [, name, value] = /^(COFFER_ROOT(?:_\w+)?)=(.*)$/s.exec(word) ?? []
    if (name === undefined || value === undefined)
      throw new UsageError('This is not how the command is used.')
    // Arguments are shown to every user of the machine.
    if (name === 'COFFER_ROOT_PASSPHRASE')
      throw new UsageError('Give the new passphrase in a file: COFFER_ROOT_PASSPHRASE_FILE=…')
    return [name, value]
  })
  if (pairs.length === 0) throw new UsageError('Where shall the root key be?')
  return Object.fromEntries(pairs)
}
