'use client'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useTranslations } from 'next-intl'
import type { RefObject } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { RowGap, useLoadAhead, type MoreRows } from '@/components/ui/more-rows'
import { Card } from '@/components/ui/card'
import { Checkbox } from '@/components/ui/checkbox'
import { Skeleton } from '@/components/ui/skeleton'
import { Spinner } from '@/components/ui/spinner'
import { Cell, HeaderCell, Row, Table, TableHead } from '@/components/ui/table'
import { useKeptScroll } from '@/components/ui/use-kept-scroll'
import { baseName } from '@/lib/console/object-key'
import { COLUMN_LOOKS, COLUMNS, ObjectRow } from './object-row'
import { isSelectable, placeOf, type ListRow } from './rows'
import type { Selection } from './use-selection'

const ROW_HEIGHT = 44
/** rows left below when the next page is asked for */
const AHEAD = 40

export interface ObjectTableProps {
  /** what scrolls within the page: the list */
  scroller: RefObject<HTMLDivElement | null>
  bucket: string
  rows: ListRow[] | undefined
  /** the rows are of all folders below this prefix, and named from there on; undefined: of one folder */
  below?: string | undefined
  selection: Selection
  more: MoreRows
  onDelete: (id: string) => void
}

/** Only rows in sight exist in the page; the next page of the listing is fetched before the last one is reached. */
export function ObjectTable({ scroller, bucket, rows, below, selection, more, onDelete }: ObjectTableProps) {
  const t = useTranslations('objects')
  const virtual = useVirtualizer({
    count: rows?.length ?? 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    getItemKey: (index) => rows?.[index]?.id ?? index,
  })
  // after the virtual list, which begins at its top
  useKeptScroll(scroller, rows !== undefined)
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useLoadAhead(more, rows !== undefined && last >= rows.length - AHEAD)
  const above = items[0]?.start ?? 0
  const behind = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  return (
    <Card className="flex min-h-72 flex-1 flex-col overflow-hidden">
      <div
        ref={scroller}
        role="region"
        aria-label={t('list')}
        tabIndex={0}
        // The browser would scroll after rows that the virtual list puts elsewhere.
        className="min-h-0 flex-1 overflow-auto [overflow-anchor:none] focus-visible:-outline-offset-2"
      >
        <Table
          aria-label={t('list')}
          aria-busy={!rows}
          aria-rowcount={rows && !more.exists ? rows.length + 1 : -1}
          className="table-fixed"
          // shift extends the selection of rows, not of text
          onMouseDown={(event) => event.shiftKey && event.preventDefault()}
        >
          <ObjectTableHead rows={rows} selection={selection} />
          <tbody>
            {!rows && <LoadingRows />}
            {above > 0 && <RowGap height={above} />}
            {items.map(({ index, key }) => {
              const row = rows?.[index]
              if (!row) return null
              return (
                <ObjectRow
                  key={key}
                  bucket={bucket}
                  row={row}
                  name={below === undefined ? baseName(row.id) : placeOf(row).slice(below.length)}
                  rowIndex={index + 2}
                  selected={selection.ids.has(row.id)}
                  onSelect={(through) => selection.toggle(row.id, through)}
                  onDelete={() => onDelete(row.id)}
                />
              )
            })}
            {behind > 0 && <RowGap height={behind} />}
          </tbody>
        </Table>
      </div>
      <ListStatus loaded={rows?.length} more={more} filtered={below !== undefined} />
    </Card>
  )
}

function ObjectTableHead({ rows, selection }: Pick<ObjectTableProps, 'rows' | 'selection'>) {
  const t = useTranslations('objects')
  const selectable = (rows ?? []).filter(isSelectable).map(({ id }) => id)
  const count = selectable.length
  const all = count > 0 && selection.ids.size >= count
  return (
    <TableHead className="sticky top-0 z-10">
      <tr aria-rowindex={1}>
        <HeaderCell className="w-11 pr-0!">
          <Checkbox
            aria-label={t('selectAll')}
            disabled={count === 0}
            checked={all}
            indeterminate={!all && selection.ids.size > 0}
            onChange={(checked) => selection.setAll(checked ? selectable : [])}
          />
        </HeaderCell>
        {COLUMNS.map((column) => (
          <HeaderCell key={column} className={COLUMN_LOOKS[column]}>
            <span className={column === 'encryption' ? '@max-md:sr-only' : undefined}>
              {t(`columns.${column}`)}
            </span>
          </HeaderCell>
        ))}
        <HeaderCell className="w-14">
          <span className="sr-only">{t('actions')}</span>
        </HeaderCell>
      </tr>
    </TableHead>
  )
}

interface ListStatusProps {
  loaded: number | undefined
  more: MoreRows
  filtered: boolean
}

function ListStatus({ loaded, more, filtered }: ListStatusProps) {
  const t = useTranslations('objects')
  // A filter may look through much before it finds the next one.
  const soFar = filtered && more.loading ? 'foundSoFar' : 'loadedSoFar'
  if (more.error) return <ErrorNotice error={more.error} onRetry={more.load} className="rounded-none" />
  return (
    <p
      role="status"
      className="border-line bg-sunken text-muted flex h-9 shrink-0 items-center gap-2 border-t px-4 text-xs tabular-nums"
    >
      {loaded === undefined ? t('loading') : t(more.exists ? soFar : 'loadedAll', { count: loaded })}
      {more.loading && <Spinner className="size-3.5!" />}
    </p>
  )
}

function LoadingRows() {
  return [52, 38, 61, 45, 33, 57, 41, 49].map((width) => (
    <Row key={width}>
      <Cell className="pr-0!" />
      {COLUMNS.map((column) => (
        <Cell key={column} className={COLUMN_LOOKS[column]}>
          <span style={{ width: `${column === 'name' ? width : 55}%` }} className="inline-block max-w-64">
            <Skeleton />
          </span>
        </Cell>
      ))}
      <Cell />
    </Row>
  ))
}
