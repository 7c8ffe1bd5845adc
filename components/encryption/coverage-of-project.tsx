'use client'
import { useQuery } from '@tanstack/react-query'
import { ChartNoAxesColumn, ShieldCheck } from 'lucide-react'
import { useFormatter, useTranslations } from 'next-intl'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Link } from '@/components/shell/link'
import { useProject } from '@/components/shell/me'
import { SectionCard } from '@/components/ui/card'
import { Skeleton } from '@/components/ui/skeleton'
import { everyVersion } from '@/lib/console/object-filter'
import { pages } from '@/lib/console/paths'
import { bucketsQuery } from '@/lib/console/queries/buckets'
import { coverageQuery } from '@/lib/console/queries/coverage'
import type { Coverage } from '@/lib/console/schemas-coverage'
import { CoverageBar } from './coverage-bar'

/** Buckets named beside the count; the table below has them all. */
const NAMED = 4

/** How much of the whole project is encrypted, and which buckets hold what is not. */
export function CoverageOfProject() {
  const t = useTranslations('coverage')
  const { projectId } = useProject()
  const coverage = useQuery(coverageQuery(projectId))
  if (coverage.isError) {
    return <ErrorNotice error={coverage.error} onRetry={() => void coverage.refetch()} />
  }
  if (coverage.data?.objects === 0) return null
  return (
    <SectionCard id="coverage" title={t('title')} icon={<ChartNoAxesColumn aria-hidden />}>
      {coverage.data ? (
        <div className="flex flex-col gap-3">
          <CoverageBar coverage={coverage.data} />
          <StillPlaintext coverage={coverage.data} />
          {coverage.data.hiddenBuckets > 0 && (
            <p className="text-muted text-sm">{t('hidden', { count: coverage.data.hiddenBuckets })}</p>
          )}
        </div>
      ) : (
        <Skeleton className="h-17!" />
      )}
    </SectionCard>
  )
}

function StillPlaintext({ coverage: { plaintextObjects: count } }: { coverage: Coverage }) {
  const t = useTranslations('coverage')
  const format = useFormatter()
  const { projectId } = useProject()
  const buckets = useQuery(bucketsQuery(projectId)).data?.buckets ?? []
  const holding = buckets
    .filter(({ plaintextObjects }) => plaintextObjects > 0)
    .sort((a, b) => b.plaintextObjects - a.plaintextObjects)
  if (count === 0) {
    return (
      <p className="text-accent-ink flex items-center gap-1.5 text-sm font-medium">
        <ShieldCheck aria-hidden className="size-4" />
        {t('allEncrypted')}
      </p>
    )
  }
  return (
    <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1 text-sm">
      <span className="font-medium tabular-nums">{t('plaintext', { count })}</span>
      {holding.slice(0, NAMED).map(({ name, plaintextObjects, versioning }) => (
        <Link
          key={name}
          href={pages.bucket(name, undefined, { modes: ['none'], ...everyVersion({ versioning }) })}
          className="text-accent-ink rounded-xs hover:underline"
        >
          {t('inBucket', { bucket: name, number: format.number(plaintextObjects) })}
        </Link>
      ))}
      {holding.length > NAMED && (
        <span className="text-muted">{t('moreBuckets', { count: holding.length - NAMED })}</span>
      )}
    </p>
  )
}
