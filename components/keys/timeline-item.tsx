'use client'
import { Ban, CircleDot, RefreshCw } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Timestamp } from '@/components/shell/timestamp'
import type { TimelineEntry } from './timeline'

/** A point on the line: what, by whom, when. */
export function TimelineItem({ of: entry }: { of: TimelineEntry }) {
  const refused = entry.kind === 'event' && entry.event.result !== 'Success'
  const Icon = entry.kind === 'version' ? RefreshCw : refused ? Ban : CircleDot
  return (
    <li className="group relative grid grid-cols-[1.75rem_1fr] gap-x-3 pb-5 last:pb-0">
      <span aria-hidden className="bg-line absolute top-7 bottom-0 left-3.5 w-px group-last:hidden" />
      <span
        className={`grid size-7 place-items-center rounded-full ${refused ? 'bg-danger-soft text-danger-ink' : 'bg-accent-soft text-accent-ink'}`}
      >
        <Icon aria-hidden className="size-4" />
      </span>
      <div className="min-w-0 pt-1">
        <What of={entry} />
        <p className="text-muted mt-0.5 text-xs">
          <Timestamp at={entry.at} />
        </p>
      </div>
    </li>
  )
}

function What({ of: entry }: { of: TimelineEntry }) {
  const t = useTranslations('keys')
  if (entry.kind === 'version') {
    return (
      <p className="text-sm">
        <span className="font-medium">{t(`versions.types.${entry.type}`)}</span>{' '}
        <span className="text-muted">{t('timeline.version', { version: entry.version })}</span>
      </p>
    )
  }
  const { action, actor, result, object } = entry.event
  return (
    <p className="text-sm wrap-anywhere">
      <span className="font-medium">{action.slice(action.indexOf(':') + 1)}</span>{' '}
      <span className="text-muted">
        {actor && t('timeline.by', { actor })}
        {object && ` · ${object}`}
        {result !== 'Success' && ` · ${t('timeline.refused', { result })}`}
      </span>
    </p>
  )
}
