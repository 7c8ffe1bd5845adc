'use client'
import { useTranslations } from 'next-intl'
import { useExplain } from '@/components/shell/error-message'
import { useBytes } from '@/components/shell/use-bytes'
import { useDuration } from '@/components/shell/use-duration'
import { Notice } from '@/components/ui/notice'
import { Progress } from '@/components/ui/progress'
import type { ApiError } from '@/lib/console/client'
import { useSecondsLeft } from './time-left'
import { percent, type UploadTotals } from './upload-state'

export interface UploadSummaryProps {
  totals: UploadTotals
  /** what every failed file failed of, if it is one and the same */
  failure: ApiError | undefined
}

/** Progress of all files together, then how it ended. */
export function UploadSummary({ totals, failure }: UploadSummaryProps) {
  const t = useTranslations('upload')
  const explain = useExplain()
  const { files, done, stored, failed, running } = totals
  if (files === 0) {
    return (
      <Notice tone="info" live title={t('cancelled')}>
        {t('cancelledText')}
      </Notice>
    )
  }
  if (!running) {
    return failed > 0 ? (
      <Notice tone="danger" live title={t('someFailed', { done, failed })}>
        {failure ? explain(failure).advice : t('someFailedText')}
      </Notice>
    ) : (
      <Notice tone="good" live title={t('succeeded')}>
        {t('succeededText', { count: stored })}
      </Notice>
    )
  }
  return <Running totals={totals} />
}

function Running({ totals }: { totals: UploadTotals }) {
  const t = useTranslations('upload')
  const bytes = useBytes()
  const duration = useDuration()
  const { done, files, sentBytes } = totals
  const value = percent(totals)
  const seconds = useSecondsLeft(sentBytes, totals.bytes)
  return (
    <div className="rounded-card border-line bg-canvas border px-4 pt-3 pb-2">
      <p className="mb-2 flex justify-between gap-4 text-sm tabular-nums">
        <span className="font-medium">{t('progress', { done, files })}</span>
        <span className="text-muted">
          {t('bytesOf', { sent: bytes(sentBytes), total: bytes(totals.bytes) })} · {value}%
        </span>
      </p>
      <Progress value={value} label={t('overall')} />
      <p className="text-muted mt-1.5 min-h-4 text-right text-xs tabular-nums">
        {seconds !== undefined && t('left', { time: duration(seconds) })}
      </p>
      {/* said now and then, not with every byte */}
      <span role="status" className="sr-only">
        {t('announce', { percent: Math.floor(value / 25) * 25 })}
      </span>
    </div>
  )
}
