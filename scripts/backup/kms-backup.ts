import { checkPassphrase } from '../../lib/backup/passphrase.ts'
import { makeBackup } from '../../lib/backup/make-backup.ts'
import type { SealWith } from '../../lib/backup/sealed-file.ts'
import { openOffline, rememberBackup } from '../../lib/db/offline-database.ts'
import {
  command,
  databaseFile,
  pathOf,
  readArguments,
  required,
  say,
  serverConfig,
  UsageError,
} from './command-line.ts'
import { noteDone } from './note-done.ts'
import { auditKeyOf, recordAct } from './record-act.ts'
import { rootAtHand } from './root-at-hand.ts'
import { readPassphrase } from './secret-input.ts'

const USAGE = `npm run kms:backup -- --to FILE [--passphrase-file F] [--shares 3-of-5]

Seals the root key and all keys into one new file, while the server runs or not.
  --passphrase-file F   the passphrase is the first line of F; without it, it is asked for
  --shares 3-of-5       writes five share sheets beside the file, any three of which open it; no passphrase is
                        asked for then, but with --passphrase-file it opens the file as well`

await command(USAGE, async () => {
  const { values } = readArguments({
    to: { type: 'string' },
    'passphrase-file': { type: 'string' },
    shares: { type: 'string' },
  })
  const file = pathOf(required(values.to, '--to'))
  const shares = values.shares === undefined ? undefined : sharesOf(values.shares)
  const config = serverConfig()
  const database = databaseFile(config)
  const stored = readKeys(database)
  const root = await rootAtHand(config)
  const auditKey = auditKeyOf(root.secret)
  const sealWith: SealWith = { shares, passphrase: await passphraseFor(values['passphrase-file'], shares) }
  const { record, sheets, keys, versions } = await makeBackup({
    file,
    sealWith,
    root,
    stored,
    servicePeriodDays: config.serviceKeyPeriodDays,
    now: Date.now(),
  })
  say(
    `Sealed the root key and ${versions} versions of ${keys} keys, and read them back: ${file}`,
    ...sheets.map((sheet) => `Share sheet: ${sheet}`),
    ...(sheets.length > 0 ? ['Print the sheets, give each to another person, and delete them here.'] : []),
    'Copy the file to where this machine cannot take it along, then prove the copy: npm run kms:verify-backup -- COPY',
  )
  const { backupId, fingerprint } = record
  const details = { backupId, fingerprint, keys, versions, shares: sheets.length }
  const later = `When it can, let it know: npm run kms:verify-backup -- ${file}`
  await noteDone(`The backup ${file} is whole: keep it.`, later, async () => {
    rememberBackup(database, record)
    await recordAct(database, auditKey, { action: 'coffer:BackupKeys', details })
  })
})

function readKeys(file: string) {
  const database = openOffline(file)
  try {
    return database.storedKeys()
  } finally {
    database.close()
  }
}

function sharesOf(text: string): { threshold: number; count: number } {
  const [, threshold, count] = /^(\d{1,3})-of-(\d{1,3})$/.exec(text) ?? []
  const shares = { threshold: Number(threshold), count: Number(count) }
  if (shares.threshold >= 2 && shares.count >= shares.threshold && shares.count <= 255) return shares
  throw new UsageError('--shares is written as 3-of-5: at least 2, at most 255.')
}

async function passphraseFor(
  file: string | undefined,
  shares: SealWith['shares'],
): Promise<string | undefined> {
  if (shares !== undefined && file === undefined) return undefined
  const passphrase = await readPassphrase(file, 'twice')
  checkPassphrase(passphrase)
  return passphrase
}
