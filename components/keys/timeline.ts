import type { KeyDetail, KeyEvent, Rotation } from '@/lib/console/schemas-keys'

/** One line of a key's history: a version that was made, or an event of the audit log. */
export type TimelineEntry = { id: string; at: number } & (
  { kind: 'version'; version: number; type: Rotation['type'] } | { kind: 'event'; event: KeyEvent }
)

/** Newest first. */
export function timelineOf(key: KeyDetail, events: KeyEvent[]): TimelineEntry[] {
  const versions = (key.rotations ?? []).map(({ version, at, type }): TimelineEntry => ({
    id: `v${version}`,
    at,
    kind: 'version',
    version,
    type,
  }))
  const acts = events.map((event): TimelineEntry => ({
    id: `e${event.sequence}`,
    at: event.at,
    kind: 'event',
    event,
  }))
  return [...versions, ...acts].sort((a, b) => b.at - a.at)
}
