'use client'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useTranslations } from 'next-intl'
import { useRef } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { LoadingRows } from '@/components/ui/loading-rows'
import { RowGap, useLoadAhead, type MoreRows } from '@/components/ui/more-rows'
import { Spinner } from '@/components/ui/spinner'
import { HeaderCell, Table, TableHead } from '@/components/ui/table'
import type { JobResult } from '@/lib/console/schemas-jobs'
import { JobResultRow, RESULT_COLUMNS, RESULT_LOOKS } from './job-result-row'

const ROW_HEIGHT = 44
/** rows left below when the next page is asked for */
const AHEAD = 40

export interface JobResultTableProps {
  /** undefined while they load */
  results: JobResult[] | undefined
  more: MoreRows
  manyBuckets: boolean
}

/** Only rows in sight exist in the page; a job has as many results as it has objects. */
export function JobResultTable({ results, more, manyBuckets }: JobResultTableProps) {
  const t = useTranslations('jobs.results')
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: results?.length ?? 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useLoadAhead(more, results !== undefined && last >= results.length - AHEAD)
  const above = items[0]?.start ?? 0
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  return (
    <>
      <div
        ref={scroller}
        role="region"
        aria-label={t('title')}
        tabIndex={0}
        className="max-h-112 min-h-32 overflow-auto focus-visible:-outline-offset-2"
      >
        <Table
          aria-label={t('title')}
          aria-busy={!results}
          aria-rowcount={results && !more.exists ? results.length + 1 : -1}
          className="table-fixed"
        >
          <TableHead className="sticky top-0 z-10">
            <tr aria-rowindex={1}>
              {RESULT_COLUMNS.map((column) => (
                <HeaderCell key={column} className={RESULT_LOOKS[column]}>
                  {t(`columns.${column}`)}
                </HeaderCell>
              ))}
            </tr>
          </TableHead>
          <tbody>
            {!results && <LoadingRows looks={RESULT_LOOKS} rows={3} />}
            {above > 0 && <RowGap height={above} />}
            {items.map(({ index }) => {
              const result = results?.[index]
              return (
                result && (
                  <JobResultRow
                    key={`${result.bucket}/${result.key}?${result.versionId}`}
                    result={result}
                    rowIndex={index + 2}
                    manyBuckets={manyBuckets}
                  />
                )
              )
            })}
            {below > 0 && <RowGap height={below} />}
          </tbody>
        </Table>
      </div>
      <Status loaded={results?.length} more={more} />
    </>
  )
}

function Status({ loaded, more }: { loaded: number | undefined; more: MoreRows }) {
  const t = useTranslations('jobs.results')
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
