import { StoreError } from '../errors.ts'
import type { ObjectRow } from './model.ts'

/**
 * Whether bytes may be appended here to what is current under a key: where it ends, or at 0 where there is nothing.
 * @throws StoreError ObjectNotAppendable | PositionNotEqualToLength, which says `nextPosition`
 */
export function checkAppendable(
  current: Pick<ObjectRow, 'appendable' | 'size'> | undefined,
  position: number,
): void {
  if (current !== undefined && !current.appendable)
    throw new StoreError('ObjectNotAppendable', 'The object is not appendable.')
  const nextPosition = current?.size ?? 0
  if (position !== nextPosition)
    throw new StoreError('PositionNotEqualToLength', 'Position is not equal to file length.', {
      nextPosition,
    })
}

/** With the same position, it will succeed when it is tried again. */
export function changedMeanwhile(): StoreError {
  return new StoreError('SlowDown', 'The object was changed meanwhile. Please try again.')
}
