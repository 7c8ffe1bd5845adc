'use client'
import { Download, FolderPlus, Trash2, Upload, X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ComponentProps, ReactNode } from 'react'
import { MoreOperations } from '@/components/jobs/more-operations'
import type { OperationScope } from '@/components/jobs/operation-scopes'
import { Button } from '@/components/ui/button'
import { SearchField } from '@/components/ui/search-field'
import type { JobSelection } from '@/lib/console/schemas-jobs'
import { useDownload } from './use-download'
import type { Selection } from './use-selection'

export interface ObjectToolbarProps {
  bucket: string
  selection: Selection
  search: string
  onSearch: (search: string) => void
  /** the button that opens the filter, beside the search */
  filterButton: ReactNode
  onUpload: () => void
  onCreateFolder: () => void
  onDelete: () => void
  /** what more operations can be about now */
  scopes: OperationScope[]
  onModifyEncryption: (selection: JobSelection) => void
}

/** Finds and uploads; while something is selected, what can be done with the selection. Same height always. */
export function ObjectToolbar(props: ObjectToolbarProps) {
  const t = useTranslations('objects')
  if (props.selection.ids.size > 0) return <SelectionActions {...props} />
  return (
    <Bar>
      <SearchField
        value={props.search}
        onChange={props.onSearch}
        label={t('search')}
        placeholder={t('search')}
        clearLabel={t('clearSearch')}
        className="max-w-xs flex-1 basis-40"
      />
      {props.filterButton}
      <div className="ml-auto flex flex-wrap gap-2">
        <MoreOperations
          scopes={props.scopes}
          selected={0}
          search={props.search}
          onModify={props.onModifyEncryption}
        />
        <Button onClick={props.onCreateFolder}>
          <FolderPlus aria-hidden />
          <Words>{t('createFolder')}</Words>
        </Button>
        <Button variant="primary" onClick={props.onUpload}>
          <Upload aria-hidden />
          {t('upload')}
        </Button>
      </div>
    </Bar>
  )
}

function Bar({ children, ...rest }: ComponentProps<'div'>) {
  return (
    <div {...rest} className="@container">
      <div className="flex flex-wrap items-center gap-2">{children}</div>
    </div>
  )
}

/** What an icon says too, where there is no room for both. */
function Words({ children }: { children: ReactNode }) {
  return <span className="@max-md:sr-only">{children}</span>
}

function SelectionActions({ bucket, selection, onDelete, scopes, onModifyEncryption }: ObjectToolbarProps) {
  const t = useTranslations('objects')
  const download = useDownload(bucket)
  const ids = [...selection.ids]
  const only = ids.length === 1 ? ids[0] : undefined
  const downloadable = only !== undefined && !only.endsWith('/')
  return (
    <Bar role="toolbar" aria-label={t('selectionActions')}>
      <span
        role="status"
        className="rounded-control bg-accent-soft text-accent-ink flex h-9 items-center px-3 text-sm font-medium tabular-nums"
      >
        {t('selected', { count: ids.length })}
      </span>
      <Button
        disabled={!downloadable}
        focusableWhenDisabled
        title={downloadable ? undefined : t('downloadOne')}
        busy={download.isPending}
        onClick={() => only && download.mutate({ at: { key: only } })}
      >
        <Download aria-hidden />
        <Words>{t('download')}</Words>
      </Button>
      <Button onClick={onDelete}>
        <Trash2 aria-hidden />
        <Words>{t('delete')}</Words>
      </Button>
      <MoreOperations scopes={scopes} selected={ids.length} search="" onModify={onModifyEncryption} />
      <Button variant="quiet" onClick={selection.clear}>
        <X aria-hidden />
        <Words>{t('clearSelection')}</Words>
      </Button>
    </Bar>
  )
}
