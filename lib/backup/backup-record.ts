/** What the database remembers of a backup file, so that the server can say what the file lacks by now. */
export interface BackupRecord {
  /** UUID within the sealed file */
  backupId: string
  /** SHA-256 of the whole file, hex */
  fingerprint: string
  /** when the keys were read, ms since the epoch */
  createdAt: number
  /** hex; another root makes every older backup worthless */
  rootCheckValue: string
  /** key versions whose material it holds, as `versionName` */
  covers: string[]
}

export interface VerifiedRecord extends BackupRecord {
  /** ms since the epoch */
  verifiedAt: number
}

/** What the backup state is judged from; one moment of the database. */
export interface BackupFacts {
  /** the last file that `kms:backup` made here */
  made: BackupRecord | undefined
  /** the last file that `kms:verify-backup` opened here */
  verified: VerifiedRecord | undefined
  /** of the root in force, hex */
  rootCheckValue: string | undefined
  /** key versions that have material, as `versionName` */
  versions: string[]
}

/** What the server asks of a database about backups; only the commands write records. */
export interface BackupRecords {
  backupFacts(): Promise<BackupFacts>
}

export function versionName(keyId: string, version: number): string {
  return `${keyId}/${version}`
}
