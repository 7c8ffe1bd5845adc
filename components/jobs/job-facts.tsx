'use client'
import { Info } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Timestamp } from '@/components/shell/timestamp'
import { SectionCard } from '@/components/ui/card'
import { Mono, Property, PropertyList } from '@/components/ui/property-list'
import type { Job } from '@/lib/console/schemas-jobs'
import { SelectionDetails } from './selection-details'
import { TargetBadge } from './target-badge'
import { useSelectionWords } from './use-selection-words'

/** What was asked, by whom and when. */
export function JobFacts({ job }: { job: Job }) {
  const t = useTranslations('jobs.facts')
  const words = useSelectionWords()(job.selection)
  const context = job.target.kind === 'managed-key' ? Object.entries(job.target.context) : []
  const moments = [
    ['createdAt', job.createdAt],
    ['confirmedAt', job.confirmedAt],
    ['startedAt', job.startedAt],
    ['finishedAt', job.finishedAt],
    ['resultsUntil', job.resultsUntil],
  ] as const
  return (
    <SectionCard id="job-facts" title={t('title')} icon={<Info aria-hidden />}>
      <PropertyList>
        <Property label={t('selection')}>
          <span className="flex min-w-0 flex-col gap-2">
            {words.title}
            <SelectionDetails selection={job.selection} />
          </span>
        </Property>
        <Property label={t('target')}>
          <TargetBadge target={job.target} />
        </Property>
        {context.length > 0 && (
          <Property label={t('context')}>
            {context.map(([name, value]) => (
              <span key={name} className="block">
                <Mono>
                  {name} = {value}
                </Mono>
              </span>
            ))}
          </Property>
        )}
        <Property label={t('by')}>{job.createdBy.name}</Property>
        {moments.map(
          ([name, at]) =>
            at !== undefined && (
              <Property key={name} label={t(name)}>
                <Timestamp at={at} />
              </Property>
            ),
        )}
        <Property label={t('jobId')}>
          <Mono>{job.jobId}</Mono>
        </Property>
      </PropertyList>
    </SectionCard>
  )
}
