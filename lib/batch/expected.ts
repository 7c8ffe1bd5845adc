import type { Catalog } from '../store/catalog.ts'
import type { ObjectFilter } from '../store/object-filter.ts'
import type { Amount, Selection } from './model.ts'

type Counters = Pick<Catalog, 'coverage' | 'projectCoverage' | 'listBuckets'>

/**
 * How much a selection holds by the catalog's counters, at once: for those who wait while it is counted object by
 * object, which alone knows what is archived, locked or not theirs. The counters hold older versions, too, so they
 * tell nothing of the current ones alone where a bucket has others.
 * @returns undefined where there is no counter for just this
 */
export async function expectedAmount(
  catalog: Counters,
  projectId: string,
  selection: Selection,
): Promise<Amount | undefined> {
  const shares = await countersOf(catalog, projectId, selection)
  const objects = shares?.reduce((sum, share) => sum + share.objects, 0) ?? 0
  // Folders too deep to have counters say 0.
  if (shares === undefined || objects === 0) return undefined
  return { objects, bytes: shares.reduce((sum, share) => sum + share.bytes, 0) }
}

async function countersOf(
  catalog: Counters,
  projectId: string,
  selection: Selection,
): Promise<Amount[] | undefined> {
  if (selection.kind === 'key') {
    if (selection.keyVersionBelow !== undefined || selection.versions !== 'all') return undefined
    const all = [...(await catalog.projectCoverage(projectId)).values()].flat()
    return all.filter(({ keyId }) => keyId === selection.keyId)
  }
  const filter = selection.kind === 'filter' ? selection.filter : undefined
  const folder = filter && wholeFolder(filter)
  if (folder === undefined) return undefined
  if (filter?.versions !== 'all' && (await keepsVersions(catalog, projectId, folder.bucketId)))
    return undefined
  return catalog.coverage(folder.bucketId, folder.prefix)
}

async function keepsVersions(catalog: Counters, projectId: string, bucketId: string): Promise<boolean> {
  const buckets = await catalog.listBuckets(projectId)
  return buckets.find((bucket) => bucket.bucketId === bucketId)?.versioning !== undefined
}

/** A filter that means everything in a bucket, or below a folder. */
function wholeFolder(filter: ObjectFilter): { bucketId: string; prefix: string } | undefined {
  const { bucketId, prefix = '', versions: _, ...narrower } = filter
  const whole = Object.values(narrower).every((value) => value === undefined)
  return whole && (prefix === '' || prefix.endsWith('/')) ? { bucketId, prefix } : undefined
}
