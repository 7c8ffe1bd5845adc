'use client'
import { Activity } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { SectionCard } from '@/components/ui/card'
import type { Job } from '@/lib/console/schemas-jobs'
import { JobProgress } from './job-progress'
import { ThrottleLine } from './throttle-line'

export function ProgressCard({ project, job }: { project: string; job: Job }) {
  const t = useTranslations('jobs.progress')
  return (
    <SectionCard id="job-progress" title={t('title')} icon={<Activity aria-hidden />}>
      <div className="flex flex-col gap-4">
        <JobProgress job={job} />
        <ThrottleLine project={project} job={job} />
      </div>
    </SectionCard>
  )
}
