import { StoreError } from '../errors.ts'

const ATTEMPTS = 8

/**
 * A version's row was there and its parts are not: another one took its place between the two looks, or the rows are
 * damaged. Whoever looks again finds out which.
 */
export class PartsGone extends StoreError {
  readonly objectId: string

  constructor(objectId: string) {
    super('ObjectCorrupt', 'The object does not pass its integrity check', { objectId })
    this.objectId = objectId
  }
}

/**
 * Reads again from the row when the version was replaced meanwhile, so that a reader at any instant gets one version
 * or the other. The same version without parts twice is damage.
 * @throws StoreError ObjectCorrupt, and whatever `read` throws
 */
export async function whileReplaced<T>(read: () => Promise<T>): Promise<T> {
  let gone: string | undefined
  for (let attempt = 1; ; attempt++) {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof PartsGone) || error.objectId === gone || attempt === ATTEMPTS) throw error
      gone = error.objectId
    }
  }
}
