import type { ObjectRow } from './model.ts'
import type { ObjectSummary } from './results.ts'

/** What sets an object apart from ordinary ones, where something does. */
export function typeOf({ appendable, symlink }: ObjectRow): Pick<ObjectSummary, 'type'> {
  if (symlink !== undefined) return { type: 'symlink' }
  return appendable ? { type: 'appendable' } : {}
}
