import type { BackupFacts, BackupRecord } from './backup-record.ts'

export interface BackupState {
  /** ms since the epoch, as `lastVerifiedAt` */
  lastBackupAt: number | undefined
  lastVerifiedAt: number | undefined
  /** key versions in use here that the newest backup does not hold */
  keysNewerThanBackup: number
  /**
   * `never`: no backup was ever made. `unverified`: the newest one was not opened again since it was made.
   * `stale`: it was, but keys are newer than it. `verified`: all is well.
   */
  state: 'never' | 'unverified' | 'stale' | 'verified'
}

/** How safe the keys are against the loss of this machine, judged from one moment of the database. */
export function backupState(facts: BackupFacts): BackupState {
  const { made, verified } = facts
  const newest = newestOf(made, verified)
  const keysNewerThanBackup = newest === undefined ? facts.versions.length : uncovered(facts, newest)
  return {
    lastBackupAt: newest?.createdAt,
    lastVerifiedAt: verified?.verifiedAt,
    keysNewerThanBackup,
    state: judge(newest, verified, keysNewerThanBackup),
  }
}

function judge(
  newest: BackupRecord | undefined,
  verified: BackupRecord | undefined,
  newer: number,
): BackupState['state'] {
  if (newest === undefined) return 'never'
  if (newest.fingerprint !== verified?.fingerprint) return 'unverified'
  return newer > 0 ? 'stale' : 'verified'
}

/** A file made elsewhere (before a restore, say) is known here only since it was verified. */
function newestOf(
  made: BackupRecord | undefined,
  verified: BackupRecord | undefined,
): BackupRecord | undefined {
  if (made === undefined || verified === undefined) return made ?? verified
  return verified.createdAt > made.createdAt ? verified : made
}

/** Key versions that `backup` does not hold: all of them when another root wraps them now. */
export function uncovered(
  facts: Pick<BackupFacts, 'rootCheckValue' | 'versions'>,
  backup: BackupRecord,
): number {
  if (facts.rootCheckValue !== backup.rootCheckValue) return facts.versions.length
  const held = new Set(backup.covers)
  return facts.versions.filter((name) => !held.has(name)).length
}
