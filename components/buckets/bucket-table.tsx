'use client'
import { Archive, ArrowDown, ArrowUp } from 'lucide-react'
import { useFormatter, useTranslations } from 'next-intl'
import { useState } from 'react'
import { RuleBadge } from '@/components/encryption/encryption-badge'
import { Link } from '@/components/shell/link'
import { Timestamp } from '@/components/shell/timestamp'
import { useBytes } from '@/components/shell/use-bytes'
import { Skeleton } from '@/components/ui/skeleton'
import { Cell, HeaderCell, Row, Table, TableHead } from '@/components/ui/table'
import { pages } from '@/lib/console/paths'
import type { Bucket } from '@/lib/console/schemas'

type Column = 'name' | 'encryption' | 'objects' | 'bytes' | 'createdAt'

const sortValue: Record<Column, (bucket: Bucket) => string | number> = {
  name: (bucket) => bucket.name,
  encryption: (bucket) => ['none', 'service-key', 'managed-key'].indexOf(bucket.encryption.kind),
  objects: (bucket) => bucket.objects,
  bytes: (bucket) => bucket.bytes,
  createdAt: (bucket) => bucket.createdAt,
}

const looks: Record<Column, string> = {
  name: '',
  encryption: 'w-60 @max-md:w-36',
  objects: 'w-28 text-right @max-2xl:hidden',
  bytes: 'w-28 text-right @max-2xl:hidden',
  createdAt: 'w-52 @max-4xl:hidden',
}
const COLUMNS = Object.keys(looks) as Column[]

/** The buckets, sorted as one likes; rows of the same height stand in while they load. */
export function BucketTable({ buckets }: { buckets: Bucket[] | undefined }) {
  const t = useTranslations('buckets')
  const [sort, setSort] = useState<{ column: Column; descending: boolean }>({
    column: 'name',
    descending: false,
  })
  const toggle = (column: Column) =>
    setSort({ column, descending: sort.column === column ? !sort.descending : false })
  return (
    <Table aria-label={t('title')} aria-busy={!buckets} className="table-fixed">
      <TableHead>
        <tr>
          {COLUMNS.map((column) => (
            <HeaderCell
              key={column}
              className={looks[column]}
              aria-sort={sort.column !== column ? undefined : sort.descending ? 'descending' : 'ascending'}
            >
              <button
                type="button"
                onClick={() => toggle(column)}
                className="hover:text-ink inline-flex items-center gap-1 rounded-xs"
              >
                {t(`columns.${column}`)}
                {sort.column === column && <SortArrow descending={sort.descending} />}
              </button>
            </HeaderCell>
          ))}
        </tr>
      </TableHead>
      <tbody>
        {buckets ? (
          sorted(buckets, sort).map((bucket) => <BucketRow key={bucket.name} bucket={bucket} />)
        ) : (
          <LoadingRows />
        )}
      </tbody>
    </Table>
  )
}

function BucketRow({ bucket }: { bucket: Bucket }) {
  const format = useFormatter()
  const bytes = useBytes()
  return (
    <Row>
      <Cell className="font-medium">
        <Link
          href={pages.bucket(bucket.name)}
          className="hover:text-accent-ink flex min-w-0 items-center gap-2.5 rounded-xs"
        >
          <Archive aria-hidden className="text-faint size-4 shrink-0" />
          <span className="truncate">{bucket.name}</span>
        </Link>
      </Cell>
      <Cell className={looks.encryption}>
        <RuleBadge rule={bucket.encryption} />
      </Cell>
      <Cell className={`${looks.objects} tabular-nums`}>{format.number(bucket.objects)}</Cell>
      <Cell className={`${looks.bytes} tabular-nums`}>{bytes(bucket.bytes)}</Cell>
      <Cell className={`${looks.createdAt} text-muted`}>
        <Timestamp at={bucket.createdAt} />
      </Cell>
    </Row>
  )
}

function LoadingRows() {
  return [48, 36, 42, 30].map((width) => (
    <Row key={width}>
      {COLUMNS.map((column) => (
        <Cell key={column} className={looks[column]}>
          <span style={{ width: `${column === 'name' ? width : 60}%` }} className="inline-block max-w-48">
            <Skeleton />
          </span>
        </Cell>
      ))}
    </Row>
  ))
}

function SortArrow({ descending }: { descending: boolean }) {
  const Arrow = descending ? ArrowDown : ArrowUp
  return <Arrow aria-hidden className="size-3" />
}

function sorted(
  buckets: Bucket[],
  { column, descending }: { column: Column; descending: boolean },
): Bucket[] {
  const value = sortValue[column]
  const ascending = buckets.toSorted((a, b) => (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0))
  return descending ? ascending.reverse() : ascending
}
