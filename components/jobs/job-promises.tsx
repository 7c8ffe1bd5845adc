'use client'
import { useTranslations } from 'next-intl'
import { Consequences } from '@/components/keys/consequences'
import type { Job } from '@/lib/console/schemas-jobs'

/** What a job keeps as it is, whatever it changes. A move to the newest key version has nothing to take back. */
export function JobPromises({ job }: { job: Job }) {
  const t = useTranslations('jobs')
  const { rewrapped, rewritten } = job.plan ?? {}
  if (!rewrapped || !rewritten || rewrapped.objects + rewritten.objects === 0) return null
  const undoable = job.target.kind !== 'newest-version' && job.target.kind !== 'previous'
  return <Consequences items={[t('keeps'), t('meanwhile'), ...(undoable ? [t('undoHint')] : [])]} />
}
