'use client'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useMemo, useState } from 'react'
import { useDebounced } from '@/components/objects/use-debounced'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { PageHeader } from '@/components/shell/page-header'
import { auditQuery } from '@/lib/console/queries/audit'
import type { AuditRecord } from '@/lib/console/schemas-audit'
import { AuditEmpty } from './audit-empty'
import { filterOf, NO_SEARCH, type AuditSearch } from './audit-filter'
import { AuditRecordDialog } from './audit-record-dialog'
import { AuditSearchForm } from './audit-search-form'
import { AuditTable } from './audit-table'
import { ChainButton } from './chain-button'
import { ExportMenu } from './export-menu'

/** Who did what with which key, when and from where: find it, open it, take it along. */
export function AuditPage({ initial }: { initial: Partial<AuditSearch> }) {
  const t = useTranslations('audit')
  const { projectId, name } = useProject()
  const [search, setSearch] = useState<AuditSearch>({ ...NO_SEARCH, ...initial })
  const [opened, setOpened] = useState<AuditRecord>()
  const wanted = useDebounced(search, 250)
  const [now, setNow] = useState(() => Date.now())
  const filter = useMemo(() => filterOf(wanted, now), [wanted, now])
  const log = useInfiniteQuery({ ...auditQuery(projectId, filter), placeholderData: keepPreviousData })
  const records = useMemo(() => log.data?.pages.flatMap((page) => page.records), [log.data])
  const change = (part: Partial<AuditSearch>) => {
    setNow(Date.now())
    setSearch((before) => ({ ...before, ...part }))
  }
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('description', { project: name })}
        aside={
          <div className="flex flex-wrap gap-2">
            <ChainButton head={log.data?.pages[0]?.head} />
            <ExportMenu filter={filter} disabled={!records || records.length === 0} />
          </div>
        }
      />
      <div className="flex min-h-112 flex-1 flex-col gap-3 px-6 pb-6">
        <AuditSearchForm search={search} onChange={change} />
        {log.isError && !records ? (
          <ErrorNotice error={log.error} onRetry={() => void log.refetch()} />
        ) : records?.length === 0 && !log.hasNextPage ? (
          <AuditEmpty search={search} onClear={() => change({ ...NO_SEARCH, period: 'all' })} />
        ) : (
          <AuditTable
            records={records}
            onOpen={setOpened}
            more={{
              exists: log.hasNextPage,
              loading: log.isFetchingNextPage,
              error: log.isFetchNextPageError ? log.error : undefined,
              load: () => void log.fetchNextPage(),
            }}
          />
        )}
      </div>
      <AuditRecordDialog record={opened} onClose={() => setOpened(undefined)} />
    </>
  )
}
