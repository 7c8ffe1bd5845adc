'use client'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useTranslations } from 'next-intl'
import { useRef } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { LoadingRows } from '@/components/ui/loading-rows'
import { RowGap, useLoadAhead, type MoreRows } from '@/components/ui/more-rows'
import { Card } from '@/components/ui/card'
import { Spinner } from '@/components/ui/spinner'
import { HeaderCell, Table, TableHead } from '@/components/ui/table'
import type { AuditRecord } from '@/lib/console/schemas-audit'
import { AUDIT_COLUMNS, AUDIT_LOOKS, AuditRow } from './audit-row'

const ROW_HEIGHT = 44
/** rows left below when the next page is asked for */
const AHEAD = 30

export interface AuditTableProps {
  /** newest first; undefined while they load */
  records: AuditRecord[] | undefined
  more: MoreRows
  onOpen: (record: AuditRecord) => void
}

/** Only rows in sight exist in the page; older ones are fetched before the last one is reached. */
export function AuditTable({ records, more, onOpen }: AuditTableProps) {
  const t = useTranslations('audit')
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: records?.length ?? 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    getItemKey: (index) => records?.[index]?.sequence ?? index,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useLoadAhead(more, records !== undefined && last >= records.length - AHEAD)
  const above = items[0]?.start ?? 0
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  return (
    <Card className="flex min-h-72 flex-1 flex-col overflow-hidden">
      <div
        ref={scroller}
        role="region"
        aria-label={t('records')}
        tabIndex={0}
        className="min-h-0 flex-1 overflow-auto focus-visible:-outline-offset-2"
      >
        <Table
          aria-label={t('records')}
          aria-busy={!records}
          aria-rowcount={records && !more.exists ? records.length + 1 : -1}
          className="table-fixed"
        >
          <TableHead className="sticky top-0 z-10">
            <tr aria-rowindex={1}>
              {AUDIT_COLUMNS.map((column) => (
                <HeaderCell key={column} className={AUDIT_LOOKS[column]}>
                  <span className={column === 'result' ? '@max-md:sr-only' : undefined}>
                    {t(`columns.${column}`)}
                  </span>
                </HeaderCell>
              ))}
            </tr>
          </TableHead>
          <tbody>
            {!records && <LoadingRows looks={AUDIT_LOOKS} rows={8} />}
            {above > 0 && <RowGap height={above} />}
            {items.map(({ index, key }) => {
              const record = records?.[index]
              return record && <AuditRow key={key} record={record} rowIndex={index + 2} onOpen={onOpen} />
            })}
            {below > 0 && <RowGap height={below} />}
          </tbody>
        </Table>
      </div>
      <Status loaded={records?.length} more={more} />
    </Card>
  )
}

function Status({ loaded, more }: { loaded: number | undefined; more: MoreRows }) {
  const t = useTranslations('audit')
  if (more.error) return <ErrorNotice error={more.error} onRetry={more.load} className="rounded-none" />
  return (
    <p
      role="status"
      className="border-line bg-sunken text-muted flex h-9 shrink-0 items-center gap-2 border-t px-4 text-xs tabular-nums"
    >
      {loaded === undefined ? t('loading') : t(more.exists ? 'loadedSoFar' : 'loadedAll', { count: loaded })}
      {more.loading && <Spinner className="size-3.5!" />}
    </p>
  )
}
