'use client'
import { useFormatter, useTranslations } from 'next-intl'
import { useDuration } from '@/components/shell/use-duration'
import { useBytes } from '@/components/shell/use-bytes'
import { Progress } from '@/components/ui/progress'
import { isMoving } from '@/lib/console/queries/jobs'
import type { Job } from '@/lib/console/schemas-jobs'
import { SHARE_COLOURS } from './share-bar'

/** How far it is, how fast, and what became of the objects so far. */
export function JobProgress({ job }: { job: Job }) {
  const t = useTranslations('jobs.progress')
  const format = useFormatter()
  const { progress } = job
  const percent = percentDone(job)
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 text-sm tabular-nums">
        <p>
          <span className="text-lg font-semibold">{format.number(percent / 100, { style: 'percent' })}</span>{' '}
          <span className="text-muted">
            {t('of', { done: format.number(progress.done), total: format.number(progress.total) })}
          </span>
        </p>
        <Rate job={job} />
      </div>
      <Progress value={percent} label={t('label')} tone={job.state === 'Failed' ? 'danger' : 'accent'} />
      <Outcomes job={job} />
    </div>
  )
}

/** Whole percent, and a hundred only when nothing is left. */
export function percentDone({ progress: { done, total }, state }: Pick<Job, 'progress' | 'state'>): number {
  if (state === 'Complete') return 100
  return total === 0 ? 0 : Math.min(99, Math.floor((100 * done) / total))
}

function Rate({ job }: { job: Job }) {
  const t = useTranslations('jobs.progress')
  const format = useFormatter()
  const bytes = useBytes()
  const duration = useDuration()
  const { objectsPerSecond, bytesPerSecond, remainingSeconds } = job.progress
  if (!isMoving(job) || objectsPerSecond === undefined) return null
  const rate = t('rate', { objects: format.number(objectsPerSecond, { maximumSignificantDigits: 3 }) })
  return (
    <p className="text-muted">
      {rate}
      {bytesPerSecond !== undefined &&
        bytesPerSecond > 0 &&
        ` · ${t('bytesRate', { bytes: bytes(bytesPerSecond) })}`}
      {remainingSeconds !== undefined && ` · ${t('remaining', { time: duration(remainingSeconds) })}`}
    </p>
  )
}

const OUTCOMES = ['rewrapped', 'rewritten', 'unchanged', 'failed'] as const

function Outcomes({ job }: { job: Job }) {
  const t = useTranslations('jobs.outcomes')
  const format = useFormatter()
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4">
      {OUTCOMES.map((outcome) => (
        <div key={outcome}>
          <dt className="text-muted flex items-center gap-1.5 text-xs">
            <span aria-hidden className={`size-2 shrink-0 rounded-full ${SHARE_COLOURS[outcome]}`} />
            {t(outcome)}
          </dt>
          <dd className="text-lg font-semibold tabular-nums">{format.number(job.progress[outcome])}</dd>
        </div>
      ))}
    </dl>
  )
}
