'use client'
import { useFormatter, useTranslations } from 'next-intl'
import { Link } from '@/components/shell/link'
import { useBytes } from '@/components/shell/use-bytes'
import { Badge } from '@/components/ui/badge'
import { Cell, HeaderCell, Row, Table, TableHead } from '@/components/ui/table'
import { pages } from '@/lib/console/paths'
import type { BlastRadius as Radius } from '@/lib/console/schemas-keys'

/** Whether nothing at all would notice that the key is gone. */
export function isHarmless({ objects, uploads, buckets }: Radius): boolean {
  return objects === 0 && uploads === 0 && !buckets.some(({ namedByRule }) => namedByRule)
}

/** How many object versions and bytes hang on a key, in one sentence's worth of figures. */
export function RadiusFigures({ radius }: { radius: Radius }) {
  const t = useTranslations('keys.radius')
  const format = useFormatter()
  const bytes = useBytes()
  const figures = [
    { label: t('objects'), value: format.number(radius.objects) },
    { label: t('bytes'), value: bytes(radius.bytes) },
    { label: t('buckets'), value: format.number(radius.buckets.length) },
    { label: t('uploads'), value: format.number(radius.uploads) },
  ]
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4">
      {figures.map(({ label, value }) => (
        <div key={label}>
          <dt className="text-muted text-xs">{label}</dt>
          <dd className="text-lg font-semibold tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Bucket by bucket. `linked`: the names lead to the buckets (not from within a dialog). */
export function RadiusTable({ radius, linked }: { radius: Radius; linked?: boolean }) {
  const t = useTranslations('keys.radius')
  const format = useFormatter()
  const bytes = useBytes()
  return (
    <Table aria-label={t('perBucket')} className="table-fixed">
      <TableHead>
        <tr>
          <HeaderCell>{t('bucket')}</HeaderCell>
          <HeaderCell className="w-28 text-right @max-sm:w-22">{t('objects')}</HeaderCell>
          <HeaderCell className="w-24 text-right @max-sm:w-20">{t('bytes')}</HeaderCell>
        </tr>
      </TableHead>
      <tbody>
        {radius.buckets.map((one) => (
          <Row key={one.bucket}>
            <Cell>
              <span className="flex min-w-0 items-center gap-2">
                {linked ? (
                  <Link
                    href={pages.bucket(one.bucket)}
                    className="hover:text-accent-ink min-w-0 truncate rounded-xs font-medium"
                  >
                    {one.bucket}
                  </Link>
                ) : (
                  <span className="min-w-0 truncate font-medium">{one.bucket}</span>
                )}
                {one.namedByRule && <Badge className="shrink-0">{t('namedByRule')}</Badge>}
              </span>
            </Cell>
            <Cell className="text-right tabular-nums">{format.number(one.objects)}</Cell>
            <Cell className="text-right tabular-nums">{bytes(one.bytes)}</Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  )
}

/** Inside a dialog: the figures, and the buckets in a box that scrolls by itself. */
export function RadiusBox({ radius }: { radius: Radius }) {
  const t = useTranslations('keys.radius')
  return (
    <section aria-label={t('title')} className="rounded-card border-line shrink-0 overflow-hidden border">
      <div className="p-4">
        <RadiusFigures radius={radius} />
      </div>
      {radius.buckets.length > 0 && (
        // a scrolling region must be reachable by keyboard
        <div
          tabIndex={0}
          role="group"
          aria-label={t('perBucket')}
          className="border-line max-h-48 overflow-y-auto border-t focus-visible:-outline-offset-2"
        >
          <RadiusTable radius={radius} />
        </div>
      )}
    </section>
  )
}
