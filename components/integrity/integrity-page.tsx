'use client'
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { PageHeader } from '@/components/shell/page-header'
import { Card } from '@/components/ui/card'
import { Skeleton } from '@/components/ui/skeleton'
import { integrityQuery } from '@/lib/console/queries/proof'
import { FindingsCard } from './findings-card'
import { ReceiptKeyCard } from './receipt-key-card'
import { RoundCard } from './round-card'
import { StartRoundButton } from './start-round-button'

/** Whether everything that is stored still is what was stored: the rounds that look, and what they found. */
export function IntegrityPage() {
  const t = useTranslations('integrity')
  const { projectId, name } = useProject()
  const state = useQuery(integrityQuery(projectId))
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('description', { project: name })}
        aside={state.data?.mayStart && <StartRoundButton running={state.data.running !== undefined} />}
      />
      <div className="flex flex-col gap-5 px-6 pb-8">
        {state.isError ? (
          <ErrorNotice error={state.error} onRetry={() => void state.refetch()} />
        ) : state.data ? (
          <>
            <RoundCard state={state.data} />
            <FindingsCard
              openFindings={state.data.openFindings}
              asOf={`${state.data.last?.finishedAt ?? ''}/${state.data.openFindings}`}
            />
            <ReceiptKeyCard />
          </>
        ) : (
          <Loading />
        )}
      </div>
    </>
  )
}

function Loading() {
  return (
    <Card className="flex flex-col gap-6 p-4">
      <span aria-busy className="contents">
        {[40, 70, 55].map((width) => (
          <Skeleton key={width} className={width > 50 ? 'w-3/5' : 'w-2/5'} />
        ))}
      </span>
    </Card>
  )
}
