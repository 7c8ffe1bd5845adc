'use client'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { ShieldAlert } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useDebounced } from '@/components/objects/use-debounced'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { SectionCard } from '@/components/ui/card'
import { SearchField } from '@/components/ui/search-field'
import { Select } from '@/components/ui/select'
import { findingsQuery } from '@/lib/console/queries/proof'
import { FINDING_STATES, type FindingState } from '@/lib/console/schemas-proof'
import { FindingsTable } from './findings-table'

/** Damage that is known, newest first, and what became of earlier damage. */
export function FindingsCard({ openFindings, asOf }: { openFindings: number; asOf: string }) {
  const t = useTranslations('integrity.findings')
  const { projectId } = useProject()
  const [search, setSearch] = useState('')
  const [state, setState] = useState<FindingState>('open')
  const wanted = useDebounced(search, 250)
  const found = useInfiniteQuery({
    ...findingsQuery(projectId, { state, search: wanted }, asOf),
    placeholderData: keepPreviousData,
  })
  const findings = found.data?.pages.flatMap((page) => page.findings)
  return (
    <SectionCard
      id="integrity-findings"
      title={t('title')}
      icon={<ShieldAlert aria-hidden />}
      actions={openFindings > 0 && <Badge tone="danger">{t('open', { count: openFindings })}</Badge>}
      flush
    >
      <div className="border-line flex flex-wrap gap-2 border-b p-3">
        <SearchField
          value={search}
          onChange={setSearch}
          label={t('search')}
          placeholder={t('searchPlaceholder')}
          clearLabel={t('clear')}
          className="min-w-56 flex-1"
        />
        <Select
          label={t('state')}
          value={state}
          onChange={setState}
          options={FINDING_STATES.map((value) => ({ value, label: t(`states.${value}`) }))}
          className="w-40"
        />
      </div>
      {found.isError && !findings ? (
        <ErrorNotice error={found.error} onRetry={() => void found.refetch()} className="rounded-none" />
      ) : findings?.length === 0 ? (
        <p className="text-muted px-4 py-10 text-center text-sm">
          {t(wanted ? 'noMatch' : state === 'open' ? 'none' : 'noneResolved')}
        </p>
      ) : (
        <FindingsTable findings={findings} />
      )}
      {found.hasNextPage && (
        <div className="border-line border-t p-3 text-center">
          <Button busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            {t('more')}
          </Button>
        </div>
      )}
    </SectionCard>
  )
}
