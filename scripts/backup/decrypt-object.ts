import { BackupError } from '../../lib/backup/backup-error.ts'
import { decryptObject } from '../../lib/backup/decrypt-object.ts'
import type { DecryptOrder, StoredObject } from '../../lib/backup/decrypt-object.ts'
import {
  offlineKeyring,
  refuseExternalKey,
  rootOf,
  withNewerVersions,
} from '../../lib/backup/offline-keyring.ts'
import { blobsIn, saveObject } from '../../lib/backup/save-object.ts'
import { openOffline } from '../../lib/db/offline-database.ts'
import { command, pathOf, readArguments, required, say } from './command-line.ts'
import { openNamedBackup, OPENING, OPENING_USAGE } from './open-with.ts'
import { readSecretFile } from './secret-input.ts'

const USAGE = `npm run decrypt-object -- --database FILE --blob-dir DIR --backup FILE --bucket B --key K --to FILE
                          [--version-id V] [--passphrase-file F | --shares S S S] [--customer-key-file F]

Decrypts one object without the server, from a copy of coffer.db, of the folder blobs, and a key backup.
  --version-id V          a version that is not the current one
  --customer-key-file F   for an object under a customer's own key: 32 (SM4: 16) bytes, or the same in base64
${OPENING_USAGE}`

const PROOF = {
  none: 'The object was not encrypted: only its checksums speak for it.',
  encrypted: 'Every chunk, the rows of the object and its checksums were verified.',
}

await command(USAGE, async () => {
  const { values, positionals } = readArguments({
    ...OPENING,
    database: { type: 'string' },
    'blob-dir': { type: 'string' },
    backup: { type: 'string' },
    bucket: { type: 'string' },
    key: { type: 'string' },
    'version-id': { type: 'string' },
    to: { type: 'string' },
    'customer-key-file': { type: 'string' },
  })
  const [bucket, key] = [required(values.bucket, '--bucket'), required(values.key, '--key')]
  const blobs = pathOf(required(values['blob-dir'], '--blob-dir'))
  const to = pathOf(required(values.to, '--to'))
  const database = pathOf(required(values.database, '--database'))
  const { stored, keys } = readDatabase(database, bucket, key, values['version-id'])
  const { backup } = await openNamedBackup(required(values.backup, '--backup'), values, positionals)
  const root = rootOf(backup)
  const all = withNewerVersions(backup.keys, keys)
  const { encryption } = stored.object
  if (encryption.mode === 'managed-key') refuseExternalKey(all, encryption.keyId)
  const order: DecryptOrder = {
    stored,
    key,
    keyring: offlineKeyring(root, all, backup.serviceKeys.periodDays),
    customerKey: await customerKeyOf(stored, values['customer-key-file']),
    readBlob: blobsIn(blobs),
  }
  const bytes = await saveObject(to, decryptObject(order))
  say(`Wrote ${bytes} bytes to ${to}.`, PROOF[encryption.mode === 'none' ? 'none' : 'encrypted'])
})

function readDatabase(file: string, bucket: string, key: string, versionId: string | undefined) {
  const database = openOffline(file)
  try {
    const stored = database.findObject(bucket, key, versionId)
    if (stored !== undefined) return { stored, keys: database.storedKeys().keys }
    throw new BackupError(
      'NotFound',
      'The database has no such object.',
      'Check --bucket, --key and --version-id.',
    )
  } finally {
    database.close()
  }
}

async function customerKeyOf(
  { object }: StoredObject,
  file: string | undefined,
): Promise<DecryptOrder['customerKey']> {
  if (file === undefined || object.encryption.mode !== 'customer-key') return undefined
  const { suite } = object.encryption
  const bytes = await readSecretFile(file)
  const size = suite === 'SM4' ? 16 : 32
  return {
    suite,
    key: bytes.length === size ? bytes : Buffer.from(bytes.toString('latin1').trim(), 'base64'),
  }
}
