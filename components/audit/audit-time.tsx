'use client'
import { useFormatter } from 'next-intl'

/** To the second, in the reader's zone and over 24 hours: lines of a log are compared. */
export function AuditTime({ at, zone }: { at: number; zone?: boolean }) {
  const format = useFormatter()
  return (
    <time dateTime={new Date(at).toISOString()} className="tabular-nums">
      {format.dateTime(at, {
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
        ...(zone && { timeZoneName: 'short' }),
      })}
    </time>
  )
}
