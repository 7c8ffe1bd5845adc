'use client'
import { Download, Ellipsis, File, FileText, Folder, Image, Info, Trash2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { EncryptionBadge } from '@/components/encryption/encryption-badge'
import { Link } from '@/components/shell/link'
import { Timestamp } from '@/components/shell/timestamp'
import { useBytes } from '@/components/shell/use-bytes'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Menu, MenuItem, MenuLink, MenuSeparator } from '@/components/ui/menu'
import { Cell, Row } from '@/components/ui/table'
import { pages } from '@/lib/console/paths'
import { OlderVersionBadge } from './older-version-badge'
import { isSelectable, versionOf, type ListRow } from './rows'
import { useDownload } from './use-download'

export const COLUMN_LOOKS = {
  name: '',
  encryption: 'w-58 @max-lg:w-36 @max-md:w-12 @max-md:text-center',
  size: 'w-26 text-right @max-2xl:hidden',
  lastModified: 'w-50 @max-4xl:hidden',
}
export const COLUMNS = Object.keys(COLUMN_LOOKS) as (keyof typeof COLUMN_LOOKS)[]

export interface ObjectRowProps {
  bucket: string
  row: ListRow
  /** how it is called here */
  name: string
  rowIndex: number
  selected: boolean
  onSelect: (through: boolean) => void
  onDelete: () => void
}

export function ObjectRow({ bucket, row, rowIndex, selected, onSelect, onDelete, ...props }: ObjectRowProps) {
  const t = useTranslations('objects')
  const name = props.name || t('unnamed')
  const object = row.kind === 'object' ? row.object : undefined
  const version = versionOf(row)
  return (
    <Row aria-rowindex={rowIndex} className={selected ? 'bg-accent-soft hover:bg-accent-soft' : undefined}>
      <Cell className="pr-0!">
        {isSelectable(row) && (
          <Checkbox
            aria-label={t('select', { name })}
            checked={selected}
            onChange={(_, shift) => onSelect(shift)}
          />
        )}
      </Cell>
      <Cell>
        <span className="flex min-w-0 items-center gap-2.5">
          <Link
            href={object ? pages.object(bucket, object.key, version) : pages.bucket(bucket, row.id)}
            className={`hover:text-accent-ink flex min-w-0 items-center gap-2.5 rounded-xs font-medium ${version ? 'text-muted' : ''}`}
            title={name}
          >
            <RowIcon row={row} />
            <span className="truncate">{name}</span>
            {!object && <span className="sr-only">{t('isFolder')}</span>}
          </Link>
          {version !== undefined && <OlderVersionBadge versionId={version} />}
        </span>
      </Cell>
      <Cell className={COLUMN_LOOKS.encryption}>
        {object && <EncryptionBadge encryption={object.encryption} shrinks />}
      </Cell>
      <ObjectFacts row={row} />
      <Cell className="text-right">
        <RowMenu bucket={bucket} row={row} name={name} onDelete={onDelete} />
      </Cell>
    </Row>
  )
}

function ObjectFacts({ row }: { row: ListRow }) {
  const bytes = useBytes()
  const object = row.kind === 'object' ? row.object : undefined
  return (
    <>
      <Cell className={`${COLUMN_LOOKS.size} tabular-nums`}>{object ? bytes(object.size) : '—'}</Cell>
      <Cell className={`${COLUMN_LOOKS.lastModified} text-muted`}>
        {object ? <Timestamp at={object.lastModified} /> : '—'}
      </Cell>
    </>
  )
}

function RowMenu({
  bucket,
  row,
  name,
  onDelete,
}: {
  bucket: string
  row: ListRow
  name: string
  onDelete: () => void
}) {
  const t = useTranslations('objects')
  const download = useDownload(bucket)
  const versionId = versionOf(row)
  const locked = row.kind === 'object' && row.object.encryption.mode === 'customer-key'
  return (
    <Menu
      trigger={
        <Button variant="quiet" size="icon-sm" aria-label={t('actionsFor', { name })}>
          <Ellipsis aria-hidden />
        </Button>
      }
    >
      {row.kind === 'object' && (
        <>
          <MenuItem
            icon={<Download aria-hidden />}
            disabled={locked}
            onClick={() => download.mutate({ at: { key: row.object.key, versionId } })}
          >
            {locked ? t('downloadNeedsKey') : t('download')}
          </MenuItem>
          <MenuLink
            icon={<Info aria-hidden />}
            render={<Link href={pages.object(bucket, row.object.key, versionId)} />}
          >
            {t('details')}
          </MenuLink>
          {isSelectable(row) && <MenuSeparator />}
        </>
      )}
      {isSelectable(row) && (
        <MenuItem danger icon={<Trash2 aria-hidden />} onClick={onDelete}>
          {t('delete')}
        </MenuItem>
      )}
    </Menu>
  )
}

const IMAGE = /\.(avif|bmp|gif|heic|jpe?g|png|svg|tiff?|webp)$/i
const TEXT = /\.(csv|docx?|json|log|md|odt|pdf|rtf|txt|xlsx?|xml|ya?ml)$/i

function RowIcon({ row }: { row: ListRow }) {
  if (row.kind === 'folder')
    return <Folder aria-hidden className="fill-accent-soft text-accent-ink size-4 shrink-0" />
  const { key } = row.object
  const Icon = IMAGE.test(key) ? Image : TEXT.test(key) ? FileText : File
  return <Icon aria-hidden className="text-faint size-4 shrink-0" />
}
