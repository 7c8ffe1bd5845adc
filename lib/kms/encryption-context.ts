import { StoreError } from '../errors.ts'

const MAX_BYTES = 8192

/**
 * An encryption context that can be bound: texts that UTF-8 can spell, names that are not empty, 8 KiB in all.
 * @throws StoreError InvalidEncryptionContext
 */
export function checkContext(context: Readonly<Record<string, string>>): void {
  const pairs = Object.entries(context)
  const wellFormed = pairs.every(
    ([name, value]) => name !== '' && name.isWellFormed() && value.isWellFormed(),
  )
  const bytes = pairs.flat().reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  if (wellFormed && bytes <= MAX_BYTES) return
  throw new StoreError(
    'InvalidEncryptionContext',
    `An encryption context has named texts of at most ${MAX_BYTES} bytes together`,
  )
}
