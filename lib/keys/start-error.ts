/** Coffer must not start like this. `message` says what is wrong, `mend` what the operator can do; neither holds a secret. */
export class StartError extends Error {
  readonly mend: string

  constructor(message: string, mend: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StartError'
    this.mend = mend
  }
}
