import { StoreError } from '../errors.ts'

const ATTEMPTS = 8

/**
 * A version was there and, a moment later, is not what it was: another one took its place between two looks, or its rows
 * are damaged. Whoever looks again finds out which.
 */
export class Replaced extends StoreError {
  readonly objectId: string

  constructor(code: 'ObjectCorrupt' | 'ConditionalRequestConflict', objectId: string) {
    const corrupt = code === 'ObjectCorrupt'
    super(
      code,
      corrupt ? 'The object does not pass its integrity check' : 'The object was changed meanwhile.',
      {
        objectId,
      },
    )
    this.objectId = objectId
  }
}

/**
 * Reads again from the row when the version was replaced meanwhile, so that a reader at any instant gets one version
 * or the other. The same version that fails twice is damaged.
 * @throws StoreError ObjectCorrupt | ConditionalRequestConflict, and whatever `read` throws
 */
export async function whileReplaced<T>(read: () => Promise<T>): Promise<T> {
  let gone: string | undefined
  for (let attempt = 1; ; attempt++) {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof Replaced) || error.objectId === gone || attempt === ATTEMPTS) throw error
      gone = error.objectId
    }
  }
}
