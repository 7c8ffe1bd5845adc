'use client'
import { History } from 'lucide-react'
import { useFormatter, useTranslations } from 'next-intl'
import { Timestamp } from '@/components/shell/timestamp'
import { useBytes } from '@/components/shell/use-bytes'
import { SectionCard } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { Progress } from '@/components/ui/progress'
import { Property, PropertyList } from '@/components/ui/property-list'
import type { IntegrityState, ScrubRound } from '@/lib/console/schemas-proof'

/** The round that runs, the last that ended, and when the next begins. */
export function RoundCard({ state }: { state: IntegrityState }) {
  const t = useTranslations('integrity.round')
  const { running, last, openFindings } = state
  return (
    <SectionCard
      id="integrity-round"
      title={t('title')}
      icon={<History aria-hidden />}
      description={t('how')}
    >
      <div className="flex flex-col gap-4">
        <Summary openFindings={openFindings} last={last} />
        {running && <Running round={running} />}
        <PropertyList>
          <Property label={t('last')}>
            {last?.finishedAt === undefined ? (
              <span className="text-muted">{t('never')}</span>
            ) : (
              <>
                <Timestamp at={last.finishedAt} />
                <Figures round={last} />
              </>
            )}
          </Property>
          <Property label={t('next')}>
            <Next state={state} />
          </Property>
        </PropertyList>
      </div>
    </SectionCard>
  )
}

function Summary({ openFindings, last }: { openFindings: number; last: ScrubRound | undefined }) {
  const t = useTranslations('integrity.summary')
  if (openFindings > 0)
    return (
      <Notice tone="danger" title={t('damaged', { count: openFindings })}>
        {t('damagedText')}
      </Notice>
    )
  if (last === undefined)
    return (
      <Notice tone="info" title={t('unknown')}>
        {t('unknownText')}
      </Notice>
    )
  return (
    <Notice tone="good" title={t('whole')}>
      {t(last.withoutKey > 0 ? 'wholeButKeys' : 'wholeText', { count: last.withoutKey })}
    </Notice>
  )
}

function Running({ round }: { round: ScrubRound }) {
  const t = useTranslations('integrity.round')
  const format = useFormatter()
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-baseline justify-between gap-3 text-sm">
        <p className="font-medium">{t('progress')}</p>
        <p className="text-muted tabular-nums">{format.number(round.fraction, { style: 'percent' })}</p>
      </div>
      <Progress value={round.fraction * 100} label={t('progress')} />
      <p className="text-muted text-xs">
        {t.rich('begun', { moment: () => <Timestamp at={round.startedAt} /> })}
      </p>
      <Figures round={round} />
    </div>
  )
}

function Figures({ round: { objects, bytes, withoutKey, damaged } }: { round: ScrubRound }) {
  const t = useTranslations('integrity.round')
  const size = useBytes()
  return (
    <p className="text-muted text-xs tabular-nums">
      {t('figures', { objects, bytes: size(bytes), damaged })}
      {withoutKey > 0 && ` ${t('withoutKey', { count: withoutKey })}`}
    </p>
  )
}

function Next({ state: { running, nextAt, periodDays } }: { state: IntegrityState }) {
  const t = useTranslations('integrity.round')
  const period = periodDays === 0 ? t('off') : t('period', { days: periodDays })
  if (running || nextAt === undefined) return <span className="text-muted">{period}</span>
  return (
    <>
      <Timestamp at={nextAt} /> <span className="text-muted">({period})</span>
    </>
  )
}
