/** The database cannot be used like this; `mend` says in plain words what the operator can do. */
export class DatabaseError extends Error {
  readonly mend: string

  constructor(message: string, mend: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DatabaseError'
    this.mend = mend
  }
}
