import { compareKeys } from '@/lib/console/object-key'
import type { ObjectPage, ObjectSummary } from '@/lib/console/schemas'

/**
 * A line of the object list; no other one has its `id`: the key or prefix, of an older version also the version's id,
 * behind a NUL, which no key holds.
 */
export type ListRow =
  { kind: 'folder'; id: string } | { kind: 'object'; id: string; object: ObjectSummary; isOlder: boolean }

/** What is done to a line by its key; versions are changed one by one on their own pages, or by a job. */
export function isSelectable(row: ListRow): boolean {
  return row.kind === 'folder' || !row.isOlder
}

/** The version to name where a line stands for an older one. */
export function versionOf(row: ListRow): string | undefined {
  return row.kind === 'object' && row.isOlder ? row.object.versionId : undefined
}

/** The lines of the loaded pages in key order, without the folder's own marker. */
export function listRows(pages: readonly ObjectPage[], prefix: string): ListRow[] {
  return pages.flatMap((page) => {
    const folders: ListRow[] = page.folders.map((id) => ({ kind: 'folder', id }))
    const objects: ListRow[] = page.objects.filter(({ key }) => key !== prefix).map(rowOf)
    // The versions of a key stay in their order.
    return [...folders, ...objects].sort((a, b) => compareKeys(placeOf(a), placeOf(b)))
  })
}

function rowOf(object: ObjectSummary): ListRow {
  const isOlder = object.isLatest === false
  return { kind: 'object', id: isOlder ? `${object.key}\0${object.versionId}` : object.key, object, isOlder }
}

/** By what a line is ordered and named. */
export function placeOf(row: ListRow): string {
  return row.kind === 'folder' ? row.id : row.object.key
}
