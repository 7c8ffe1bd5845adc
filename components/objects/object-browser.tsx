'use client'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useMemo, useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { objectsQuery } from '@/lib/console/queries/objects'
import { CreateFolderDialog } from './create-folder-dialog'
import { DeleteObjectsDialog } from './delete-objects-dialog'
import { DropTarget } from './drop-target'
import { ObjectTable } from './object-table'
import { ObjectToolbar } from './object-toolbar'
import { ObjectsEmpty } from './objects-empty'
import { listRows } from './rows'
import { UploadDialog } from './upload/upload-dialog'
import { useDebounced } from './use-debounced'
import { useSelection } from './use-selection'

/** One folder of a bucket: find, select, upload, delete. */
export function ObjectBrowser({ bucket, prefix }: { bucket: string; prefix: string }) {
  const t = useTranslations('objects')
  const { projectId } = useProject()
  const [search, setSearch] = useState('')
  const wanted = prefix + useDebounced(search, 250)
  const list = useInfiniteQuery({
    ...objectsQuery(projectId, bucket, wanted),
    placeholderData: keepPreviousData,
  })
  const rows = useMemo(() => list.data && listRows(list.data.pages, prefix), [list.data, prefix])
  const selection = useSelection(useMemo(() => rows?.map(({ id }) => id) ?? [], [rows]))
  const [dialog, setDialog] = useState<'upload' | 'folder'>()
  const [dropped, setDropped] = useState<File[]>([])
  const [deleting, setDeleting] = useState<string[]>([])
  const broken = list.isError && !rows
  const upload = (files: File[] = []) => {
    setDropped(files)
    setDialog('upload')
  }
  return (
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
          onUpload={() => upload()}
          onCreateFolder={() => setDialog('folder')}
          onDelete={() => setDeleting([...selection.ids])}
        />
      )}
      {broken ? (
        <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      ) : rows?.length === 0 && !list.hasNextPage ? (
        <ObjectsEmpty
          search={search}
          prefix={prefix}
          onClear={() => setSearch('')}
          onUpload={() => upload()}
        />
      ) : (
        <ObjectTable
          bucket={bucket}
          rows={rows}
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
      <UploadDialog
        bucket={bucket}
        prefix={prefix}
        open={dialog === 'upload'}
        initialFiles={dropped}
        onClose={() => setDialog(undefined)}
      />
      <CreateFolderDialog
        bucket={bucket}
        prefix={prefix}
        open={dialog === 'folder'}
        onClose={() => setDialog(undefined)}
      />
      <DeleteObjectsDialog
        bucket={bucket}
        ids={deleting}
        onClose={() => setDeleting([])}
        onDeleted={selection.clear}
      />
    </DropTarget>
  )
}
