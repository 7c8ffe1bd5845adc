import { compareKeys } from '@/lib/console/object-key'
import type { ObjectPage, ObjectSummary } from '@/lib/console/schemas'

/** A line of the object list; `id` is its key or prefix, which no other line of the folder has. */
export type ListRow = { kind: 'folder'; id: string } | { kind: 'object'; id: string; object: ObjectSummary }

/** The lines of the loaded pages in key order, without the folder's own marker. */
export function listRows(pages: readonly ObjectPage[], prefix: string): ListRow[] {
  return pages.flatMap((page) => {
    const folders: ListRow[] = page.folders.map((id) => ({ kind: 'folder', id }))
    const objects: ListRow[] = page.objects
      .filter(({ key }) => key !== prefix)
      .map((object) => ({ kind: 'object', id: object.key, object }))
    return [...folders, ...objects].sort((a, b) => compareKeys(a.id, b.id))
  })
}
