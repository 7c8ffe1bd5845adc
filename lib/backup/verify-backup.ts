import { randomBytes } from 'node:crypto'
import type { DataKeyPlace, DataKeyRecord } from '../keys/keyring.ts'
import { EmbeddedKeyProvider } from '../keys/providers/embedded.ts'
import { sameBytes } from '../keys/same-bytes.ts'
import type { BackupFacts } from './backup-record.ts'
import { versionName } from './backup-record.ts'
import { BackupError } from './backup-error.ts'
import { coveredVersions } from './key-backup.ts'
import type { KeyBackup, StoredKey } from './key-backup.ts'
import { offlineKeyring, rootOf } from './offline-keyring.ts'

/** A data key of a real object, with all that opens it but the key. */
export interface WrappedSample {
  projectId: string
  place: DataKeyPlace
  record: Exclude<DataKeyRecord, { mode: 'customer-key' }>
}

/** What a database can add to the proof. */
export interface Evidence {
  facts: BackupFacts
  /** one of each key version, service key period and suite that wraps anything */
  samples(): Iterable<WrappedSample>
}

export interface Verification {
  /** key versions that opened, were compared with their check value, and wrapped and unwrapped a canary */
  versions: number
  /** data keys of real objects that opened */
  dataKeys: number
  /** key versions without material when the backup was made: destroyed, or waiting for an import */
  empty: string[]
  /** key versions that an external key service holds: nothing of theirs can be in a file */
  external: string[]
  /** key versions with material here that the backup does not hold */
  newer: string[]
  /** what should have opened and did not; any makes the backup worthless for it */
  failures: string[]
}

/**
 * Opens a canary of every key: each version's material with its check value, and with `evidence` one real data key of
 * each version and each service key. Wipes the backup's root secret.
 * @throws BackupError Damaged; WrongRoot when the database is encrypted under another root
 */
export async function verifyBackup(backup: KeyBackup, evidence?: Evidence): Promise<Verification> {
  const root = rootOf(backup)
  const result: Verification = { versions: 0, dataKeys: 0, empty: [], external: [], newer: [], failures: [] }
  const provider = new EmbeddedKeyProvider(root)
  for (const key of backup.keys)
    for (const version of key.versions) await openVersion(provider, key, version, result)
  if (evidence === undefined) return result
  const inForce = Buffer.from(evidence.facts.rootCheckValue ?? '', 'hex')
  if (!sameBytes(inForce, root.checkValue)) throw otherRoot()
  const held = new Set(coveredVersions(backup.keys))
  result.newer = evidence.facts.versions.filter((name) => !held.has(name))
  const keyring = offlineKeyring(root, backup.keys, backup.serviceKeys.periodDays)
  for (const sample of evidence.samples()) await openSample(sample)
  return result

  async function openSample({ projectId, record, place }: WrappedSample): Promise<void> {
    const name = versionName(record.keyId, record.keyVersion)
    // Told already: they are newer than the backup, or lie elsewhere.
    if (result.newer.includes(name) || result.external.includes(name)) return
    try {
      const dataKey = await keyring.decryptDataKey(projectId, record, place)
      dataKey.fill(0)
      result.dataKeys += 1
    } catch {
      result.failures.push(`the data key of object ${place.objectId}, wrapped by ${name}`)
    }
  }
}

async function openVersion(
  provider: EmbeddedKeyProvider,
  key: StoredKey,
  version: StoredKey['versions'][number],
  result: Verification,
): Promise<void> {
  const name = versionName(key.keyId, version.version)
  if (key.provider !== 'embedded') return void result.external.push(name)
  if (version.wrappedMaterial.length === 0) return void result.empty.push(name)
  if (await opensCanary(provider, { ...version, spec: key.spec })) result.versions += 1
  else result.failures.push(`key version ${name}`)
}

/** Using the material opens it and compares its check value (providers/embedded.ts). */
async function opensCanary(
  provider: EmbeddedKeyProvider,
  version: StoredKey['versions'][number] & Pick<StoredKey, 'spec'>,
): Promise<boolean> {
  const canary = randomBytes(32)
  const { keyId, version: keyVersion } = version
  const place = { bucketId: 'canary', objectKey: 'canary', objectId: 'canary' }
  const binding = { mode: 'managed-key', keyId, keyVersion, ...place, context: {} }
  try {
    const wrapped = await provider.wrapDataKey(version, 'AES256', canary, binding)
    return sameBytes(await provider.unwrapDataKey(version, wrapped, binding), canary)
  } catch {
    return false
  }
}

function otherRoot(): BackupError {
  return new BackupError(
    'WrongRoot',
    'The backup opens, but this database is encrypted under another root key.',
    'Point COFFER_DATA_DIR to the data folder that the backup was made of.',
  )
}
