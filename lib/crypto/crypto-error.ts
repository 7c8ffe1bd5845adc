/** Why bytes were refused. Messages name no key, no position a tamperer could use, and no plaintext. */
export type CryptoErrorCode = 'IntegrityError' | 'WrongKey' | 'BadFormat' | 'BadArgument'

export class CryptoError extends Error {
  readonly code: CryptoErrorCode

  constructor(code: CryptoErrorCode, message: string) {
    super(message)
    this.name = 'CryptoError'
    this.code = code
  }
}

/** True for a CryptoError of any copy of this module. */
export function isCryptoError(error: unknown): error is CryptoError {
  return error instanceof Error && error.name === 'CryptoError' && 'code' in error
}
