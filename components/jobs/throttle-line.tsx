'use client'
import { Gauge } from 'lucide-react'
import { useFormatter, useTranslations } from 'next-intl'
import { useState } from 'react'
import { useBytes } from '@/components/shell/use-bytes'
import { Button } from '@/components/ui/button'
import type { Job } from '@/lib/console/schemas-jobs'
import { ThrottleDialog } from './throttle-dialog'

/** How fast the job may be, and the way to change it. */
export function ThrottleLine({ project, job }: { project: string; job: Job }) {
  const t = useTranslations('jobs.throttle')
  const [open, setOpen] = useState(false)
  const words = useThrottleWords()(job.throttle)
  if (!job.throttleable) return null
  return (
    <div className="border-line flex flex-wrap items-center justify-between gap-2 border-t pt-3 text-sm">
      <p className="text-muted flex items-center gap-2">
        <Gauge aria-hidden className="text-faint size-4 shrink-0" />
        {words}
      </p>
      <Button size="sm" onClick={() => setOpen(true)}>
        {t('change')}
      </Button>
      <ThrottleDialog project={project} job={job} open={open} onClose={() => setOpen(false)} />
    </div>
  )
}

function useThrottleWords(): (throttle: Job['throttle']) => string {
  const t = useTranslations('jobs.throttle')
  const format = useFormatter()
  const bytes = useBytes()
  return ({ objectsPerSecond, bytesPerSecond }) => {
    const limits = [
      objectsPerSecond !== undefined && t('atMostObjects', { number: format.number(objectsPerSecond) }),
      bytesPerSecond !== undefined && t('atMostBytes', { bytes: bytes(bytesPerSecond) }),
    ].filter(Boolean)
    return limits.length === 0 ? t('none') : limits.join(' · ')
  }
}
