import { z } from 'zod'
import { suiteSchema } from './schemas.ts'
import type { Bucket } from './schemas.ts'
import { versionScopeSchema, type JobFilter } from './schemas-jobs.ts'

/** What narrows a list of objects besides the beginning of their keys. */
export type ObjectFilter = Omit<JobFilter, 'prefix'>

const modeSchema = z.enum(['none', 'service-key', 'managed-key', 'customer-key'])
const several = <T extends z.ZodType<string, string>>(one: T) =>
  z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(one) as z.ZodType<z.output<T>[], string[]>)
const count = z.coerce.number().int().min(0)

/** A filter as an address carries it, of the console's pages and of its API: one plain value a name. */
export const filterQuerySchema = z
  .object({
    modes: several(modeSchema),
    suites: several(suiteSchema),
    keyId: z.string().min(1).max(200),
    keyVersionBelow: z.coerce.number().int().min(1),
    minSize: count,
    maxSize: count,
    modifiedFrom: count,
    modifiedTo: count,
    tagKey: z.string().min(1).max(128),
    tagValue: z.string().max(256),
    versions: versionScopeSchema,
  })
  .partial()
  .transform(({ tagKey, tagValue, versions, ...filter }): ObjectFilter => {
    const tag = tagKey && { key: tagKey, ...(tagValue !== undefined && { value: tagValue }) }
    // Current ones are what every list shows, so they are no condition.
    return { ...filter, ...(tag && { tag }), ...(versions === 'all' && { versions }) }
  })

/** The inverse: names and values for an address; what else the query asks stays as it is. */
export function filterQuery(
  query: ObjectFilter & { prefix?: string; delimiter?: string; after?: string; limit?: number },
): Record<string, string | number | undefined> {
  const { modes, suites, tag, ...rest } = query
  return { ...rest, modes: modes?.join(), suites: suites?.join(), tagKey: tag?.key, tagValue: tag?.value }
}

/** The filter of a page's address; what is no filter there asks nothing. */
export function filterOfPage(search: Record<string, unknown>): ObjectFilter {
  const parsed = filterQuerySchema.safeParse(search)
  return parsed.success ? parsed.data : {}
}

export function isFiltered(filter: ObjectFilter): boolean {
  return Object.values(filter).some((value) => value !== undefined)
}

/** What counters of a bucket count: older versions, too, where it has any. */
export function everyVersion(bucket: Pick<Bucket, 'versioning'> | undefined): { versions?: 'all' } {
  return bucket?.versioning === undefined ? {} : { versions: 'all' }
}
