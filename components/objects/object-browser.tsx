'use client'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useMemo, useRef, useState } from 'react'
import { useModifyEncryption } from '@/components/jobs/modify-encryption'
import { operationScopes } from '@/components/jobs/operation-scopes'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { useVisit } from '@/components/shell/use-visit'
import { useFocusWhenLost } from '@/components/ui/use-focus-when-lost'
import { isFiltered, type ObjectFilter } from '@/lib/console/object-filter'
import { pages } from '@/lib/console/paths'
import { bucketQuery } from '@/lib/console/queries/buckets'
import { objectsQuery } from '@/lib/console/queries/objects'
import { CreateFolderDialog } from './create-folder-dialog'
import { DeleteObjectsDialog } from './delete-objects-dialog'
import { DropTarget } from './drop-target'
import { FilterButton } from './filter-button'
import { FilterChips } from './filter-chips'
import { FilterForm } from './filter-form'
import { ObjectTable } from './object-table'
import { ObjectToolbar } from './object-toolbar'
import { ObjectsEmpty } from './objects-empty'
import { isSelectable, listRows } from './rows'
import { useUpload } from './upload/uploads'
import { useSearch } from './use-search'
import { useSelection } from './use-selection'

export interface ObjectBrowserProps {
  bucket: string
  prefix: string
  /** with one: what it leaves of everything below the prefix, instead of the folder */
  filter: ObjectFilter
}

/** One folder of a bucket: find, filter, select, upload, delete. */
export function ObjectBrowser({ bucket, prefix, filter }: ObjectBrowserProps) {
  const t = useTranslations('objects')
  const { projectId } = useProject()
  const { text: search, rested, set: setSearch } = useSearch(bucket, prefix, filter)
  const wanted = prefix + rested
  const list = useInfiniteQuery({
    ...objectsQuery(projectId, bucket, wanted, filter),
    placeholderData: keepPreviousData,
  })
  const rows = useMemo(() => list.data && listRows(list.data.pages, prefix), [list.data, prefix])
  const selection = useSelection(useMemo(() => rows?.filter(isSelectable).map(({ id }) => id) ?? [], [rows]))
  const { data: facts } = useQuery(bucketQuery(projectId, bucket))
  const [creatingFolder, setCreatingFolder] = useState(false)
  const [deleting, setDeleting] = useState<string[]>([])
  const modifyEncryption = useModifyEncryption()
  const visit = useVisit()
  const scroller = useRef<HTMLDivElement>(null)
  useFocusWhenLost(scroller)
  const [filtering, setFiltering] = useState(false)
  const filtered = isFiltered(filter)
  const setFilter = (next: ObjectFilter) => {
    setFiltering(false)
    selection.clear()
    visit(pages.bucket(bucket, prefix, next, search), { scroll: false })
  }
  const broken = list.isError && !rows
  const openUpload = useUpload()
  const upload = (files: File[] = []) => openUpload({ project: projectId, bucket, prefix, files })
  return (
    <>
      <DropTarget
        label={t('dropToUpload')}
        onDrop={upload}
        className="flex min-h-112 flex-1 flex-col gap-3 px-6 pt-4 pb-6"
      >
        {!broken && (
          <ObjectToolbar
            bucket={bucket}
            selection={selection}
            search={search}
            onSearch={setSearch}
            filterButton={
              <FilterButton filter={filter} open={filtering} onClick={() => setFiltering(!filtering)} />
            }
            onUpload={() => upload()}
            onCreateFolder={() => setCreatingFolder(true)}
            onDelete={() => setDeleting([...selection.ids])}
            scopes={operationScopes({ bucket, prefix, search, filter, selected: [...selection.ids] })}
            onModifyEncryption={(asked) => modifyEncryption({ selection: asked, onStarted: selection.clear })}
          />
        )}
        {filtering && (
          <FilterForm
            key={JSON.stringify(filter)}
            filter={filter}
            hasVersions={facts?.versioning !== undefined}
            onChange={setFilter}
          />
        )}
        <FilterChips filter={filter} onChange={setFilter} />
        {broken ? (
          <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
        ) : rows?.length === 0 && !list.hasNextPage ? (
          <ObjectsEmpty
            search={search}
            prefix={prefix}
            filtered={filtered}
            onClear={() => (filtered ? setFilter({}) : setSearch(''))}
            onUpload={() => upload()}
          />
        ) : (
          <ObjectTable
            scroller={scroller}
            bucket={bucket}
            rows={rows}
            below={filtered ? prefix : undefined}
            selection={selection}
            onDelete={(id) => setDeleting([id])}
            more={{
              exists: list.hasNextPage,
              loading: list.isFetchingNextPage,
              error: list.isFetchNextPageError ? list.error : undefined,
              load: () => void list.fetchNextPage(),
            }}
          />
        )}
      </DropTarget>
      <CreateFolderDialog
        bucket={bucket}
        prefix={prefix}
        open={creatingFolder}
        onClose={() => setCreatingFolder(false)}
      />
      <DeleteObjectsDialog
        bucket={bucket}
        ids={deleting}
        onClose={() => setDeleting([])}
        onDeleted={selection.clear}
      />
    </>
  )
}
