import { everyVersion, type ObjectFilter } from '@/lib/console/object-filter'
import type { Bucket } from '@/lib/console/schemas'
import type { CoverageShare } from '@/lib/console/schemas-coverage'

/** Several keys of one method differ in strength, from the one with most objects on. */
const KEY_COLOURS = ['bg-accent', 'bg-accent/70', 'bg-accent/45', 'bg-accent/30']

/** The colours of badges, as areas; plaintext is hatched, so that it does not depend on colour alone. */
export function shareColours(shares: readonly CoverageShare[]): string[] {
  let keys = 0
  return shares.map(({ mode }) => {
    switch (mode) {
      case 'none':
        return 'hatched'
      case 'service-key':
        return 'bg-info-ink'
      case 'customer-key':
        return 'bg-warning-ink'
      case 'managed-key':
        return KEY_COLOURS[Math.min(keys++, KEY_COLOURS.length - 1)]!
    }
  })
}

/** What shows exactly the objects of a share in this bucket. */
export function filterOfShare(
  { mode, suite, keyId }: CoverageShare,
  bucket: Pick<Bucket, 'versioning'> | undefined,
): ObjectFilter {
  const method = { modes: [mode], ...(suite && { suites: [suite] }), ...(keyId && { keyId }) }
  return { ...method, ...everyVersion(bucket) }
}
