/** What a sealing is bound to; a few short texts, shown to the key service and in its log. */
export type RemoteContext = Readonly<Record<string, string>>

/**
 * A key service beside this process that encrypts a few bytes under a key it never shows. Narrow on purpose: what is
 * wrapped, and what is remembered for how long, are `external.ts`'s and `root/remote.ts`'s; timeouts, repetition and
 * the circuit are `patient-calls.ts`'s. Every method throws RemoteError.
 */
export interface RemoteCipher {
  /** Makes the key `name` if it can and there is none; a service whose keys are made elsewhere has no such method. */
  createKey?(name: string): Promise<void>
  /** Gives the key `name` new material; what was sealed under the old one still opens. */
  rotateKey?(name: string): Promise<void>
  encrypt(name: string, plaintext: Buffer, context: RemoteContext): Promise<Buffer>
  decrypt(name: string, ciphertext: Buffer, context: RemoteContext): Promise<Buffer>
}

/**
 * - `invalid`: the service looked at the ciphertext and refuses it: not made under this key and context, or changed
 * - `refused`: the service answers, but not to us: credentials, permission, a key that is missing, disabled or revoked
 * - `busy`: it answers that it cannot now; worth repeating
 * - `away`: it does not answer, or with nonsense; worth repeating
 */
export type RemoteFailure = 'invalid' | 'refused' | 'busy' | 'away'

/** `reason` is a status or code of the service, never its text: that may repeat what it was sent. */
export class RemoteError extends Error {
  readonly failure: RemoteFailure
  readonly reason: string

  constructor(failure: RemoteFailure, reason: string) {
    super(`The key service answered: ${failure} (${reason})`)
    this.name = 'RemoteError'
    this.failure = failure
    this.reason = reason
  }
}
