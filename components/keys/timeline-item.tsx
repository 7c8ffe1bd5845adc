'use client'
import { Ban, CircleDot, KeyRound, RefreshCw } from 'lucide-react'
import { useFormatter, useTranslations } from 'next-intl'
import { useNames } from '@/components/audit/use-names'
import { Timestamp } from '@/components/shell/timestamp'
import { cx } from '@/components/ui/cx'
import type { TimelineEntry } from './timeline'

type Records = Extract<TimelineEntry, { kind: 'records' }>

/** What clients do with a key all day; everything else is an act on the key itself. */
const USES = /^kms:(Encrypt|Decrypt|GenerateDataKey|ReEncrypt)/

/** A point on the line: what, by whom, when. */
export function TimelineItem({ of: entry }: { of: TimelineEntry }) {
  const refused = entry.kind === 'records' && entry.result !== 'Success'
  return (
    <li className="group relative grid grid-cols-[1.75rem_1fr] gap-x-3 pb-5 last:pb-0">
      <span aria-hidden className="bg-line absolute top-7 bottom-0 left-3.5 w-px group-last:hidden" />
      <span
        className={cx(
          'grid size-7 place-items-center rounded-full [&_svg]:size-4',
          refused
            ? 'bg-danger-soft text-danger-ink'
            : isUse(entry)
              ? 'bg-sunken text-muted'
              : 'bg-accent-soft text-accent-ink',
        )}
      >
        <Icon of={entry} />
      </span>
      <div className="min-w-0 pt-1 text-sm">
        <What of={entry} />
        <When of={entry} />
      </div>
    </li>
  )
}

function isUse(entry: TimelineEntry): boolean {
  return entry.kind === 'records' && USES.test(entry.action)
}

function Icon({ of: entry }: { of: TimelineEntry }) {
  if (entry.kind === 'version') return <RefreshCw aria-hidden />
  if (entry.result !== 'Success') return <Ban aria-hidden />
  return isUse(entry) ? <KeyRound aria-hidden /> : <CircleDot aria-hidden />
}

function What({ of: entry }: { of: TimelineEntry }) {
  const t = useTranslations('keys')
  const { person } = useNames()
  const by =
    entry.userId === undefined ? t('timeline.byCoffer') : t('timeline.by', { actor: person(entry.userId) })
  if (entry.kind === 'version') {
    return (
      <p>
        <span className="font-medium">
          {t(`timeline.versions.${entry.type}`, { version: entry.version })}
        </span>{' '}
        <span className="text-muted">{by}</span>
      </p>
    )
  }
  return (
    <p className="wrap-anywhere">
      <ActName of={entry} />{' '}
      <span className="text-muted">
        {by}
        {entry.object && ` · ${entry.object}`}
      </span>
      {entry.result !== 'Success' && (
        <span className="text-danger-ink block text-xs">
          {t('timeline.refused', { result: entry.result })}
        </span>
      )}
    </p>
  )
}

/** Its name in words where there is one, with IAM's name beside; a number where it happened again and again. */
function ActName({ of: { action, count } }: { of: Records }) {
  const t = useTranslations('keys.timeline')
  const format = useFormatter()
  const name = action.slice(action.indexOf(':') + 1)
  const known = t.has(`acts.${name}` as 'acts.Decrypt')
  return (
    <>
      <span className="font-medium" title={action}>
        {known ? t(`acts.${name}` as 'acts.Decrypt') : name}
      </span>
      {count > 1 && <span className="font-medium tabular-nums"> × {format.number(count)}</span>}
    </>
  )
}

function When({ of: entry }: { of: TimelineEntry }) {
  const format = useFormatter()
  const time = (at: number) => format.dateTime(at, { timeStyle: 'short' })
  const longer = entry.kind === 'records' && time(entry.since) !== time(entry.at)
  return (
    <p className="text-muted mt-0.5 text-xs">
      {longer && (
        <>
          <Timestamp at={entry.since} /> –{' '}
        </>
      )}
      <Timestamp at={entry.at} />
    </p>
  )
}
