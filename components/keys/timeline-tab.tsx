'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { History, ScrollText } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Link } from '@/components/shell/link'
import { useProject } from '@/components/shell/me'
import { buttonClass } from '@/components/ui/button-class'
import { Button } from '@/components/ui/button'
import { SectionCard } from '@/components/ui/card'
import { Select } from '@/components/ui/select'
import { Skeleton } from '@/components/ui/skeleton'
import { pages } from '@/lib/console/paths'
import { keyTimelineQuery } from '@/lib/console/queries/keys'
import type { KeyDetail } from '@/lib/console/schemas-keys'
import { timelineOf } from './timeline'
import { TimelineItem } from './timeline-item'

const SHOWN = ['all', 'refused'] as const
type Shown = (typeof SHOWN)[number]

/** The key's versions and what the audit log says of it. Who may not read the log still sees the versions. */
export function TimelineTab({ of: key }: { of: KeyDetail }) {
  const t = useTranslations('keys.timeline')
  const [shown, setShown] = useState<Shown>('all')
  return (
    <SectionCard
      id="key-timeline"
      title={t('title')}
      icon={<History aria-hidden />}
      description={t('description')}
      actions={
        <div className="flex flex-wrap items-center gap-2">
          <Select
            label={t('show')}
            size="sm"
            value={shown}
            onChange={setShown}
            className="w-40"
            options={SHOWN.map((value) => ({ value, label: t(`shown.${value}`) }))}
          />
          <Link href={pages.audit({ keyId: key.keyId })} className={buttonClass('secondary', 'sm')}>
            <ScrollText aria-hidden />
            {t('openLog')}
          </Link>
        </div>
      }
    >
      <Entries of={key} shown={shown} />
    </SectionCard>
  )
}

function Entries({ of: key, shown }: { of: KeyDetail; shown: Shown }) {
  const t = useTranslations('keys.timeline')
  const { projectId } = useProject()
  const log = useInfiniteQuery(keyTimelineQuery(projectId, key.keyId, shown))
  if (log.isPending) return <Loading />
  const records = log.data?.pages.flatMap((page) => page.records) ?? []
  const versions = shown === 'refused' ? [] : (key.rotations ?? [])
  const entries = timelineOf(versions, records, !log.hasNextPage)
  return (
    <>
      {log.isError && <ErrorNotice error={log.error} onRetry={() => void log.refetch()} className="mb-5" />}
      {entries.length === 0 && !log.isError && <p className="text-muted text-sm">{t('none')}</p>}
      <ol className="flex flex-col">
        {entries.map((entry) => (
          <TimelineItem key={entry.id} of={entry} />
        ))}
      </ol>
      {log.hasNextPage && (
        <Button className="mt-5" busy={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
          {t('older')}
        </Button>
      )}
    </>
  )
}

function Loading() {
  return (
    <div aria-busy className="flex flex-col gap-6">
      {['w-2/5', 'w-1/3', 'w-1/2', 'w-2/5'].map((width, line) => (
        <div key={line} className="flex items-center gap-3">
          <Skeleton className="size-7! shrink-0 rounded-full" />
          <Skeleton className={width} />
        </div>
      ))}
    </div>
  )
}
