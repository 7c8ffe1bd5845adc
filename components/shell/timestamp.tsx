'use client'
import { useFormatter } from 'next-intl'

/** A moment in the reader's own zone; hovering tells the second and the zone. */
export function Timestamp({ at }: { at: number }) {
  const format = useFormatter()
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={format.dateTime(at, { dateStyle: 'full', timeStyle: 'long' })}
      className="tabular-nums"
    >
      {format.dateTime(at, { dateStyle: 'medium', timeStyle: 'short' })}
    </time>
  )
}
