/**
 * A backup could not be made, opened or used. `message` says what is wrong, `mend` what the operator can do; neither
 * holds a secret.
 */
export class BackupError extends Error {
  readonly code: BackupErrorCode
  readonly mend: string

  constructor(code: BackupErrorCode, message: string, mend: string) {
    super(message)
    this.name = 'BackupError'
    this.code = code
    this.mend = mend
  }
}

export type BackupErrorCode =
  | 'NotABackup'
  | 'Damaged'
  | 'WrongPassphrase'
  | 'WeakPassphrase'
  | 'NotEnoughShares'
  | 'WrongShares'
  | 'DamagedShare'
  | 'FileExists'
  | 'CannotWrite'
  | 'NotRecorded'
  | 'WrongRoot'
  | 'NoDatabase'
  | 'NotFound'
  | 'Unreadable'
