'use client'
import { useFormatter, useTranslations } from 'next-intl'
import { Link } from '@/components/shell/link'
import { useBytes } from '@/components/shell/use-bytes'
import { CopyButton } from '@/components/ui/copy-button'
import { Skeleton } from '@/components/ui/skeleton'
import { Cell, HeaderCell, Row, Table, TableHead } from '@/components/ui/table'
import { pages } from '@/lib/console/paths'
import type { ListedKey } from '@/lib/console/schemas-keys'
import { KeyStateBadge, SharedBadge, SPEC_NAMES } from './key-badges'
import { useKeyTitle } from './key-title'

const LOOKS = {
  name: '',
  state: 'w-40',
  spec: 'w-36 @max-2xl:hidden',
  nextRotation: 'w-40 @max-4xl:hidden',
  objects: 'w-28 text-right @max-lg:hidden',
}
const COLUMNS = Object.keys(LOOKS) as (keyof typeof LOOKS)[]

/** Each key with its id to copy, its state and what hangs on it; rows of the same height stand in while they load. */
export function KeyTable({ keys }: { keys: ListedKey[] | undefined }) {
  const t = useTranslations('keys')
  return (
    <Table aria-label={t('title')} aria-busy={!keys} className="table-fixed">
      <TableHead>
        <tr>
          {COLUMNS.map((column) => (
            <HeaderCell key={column} className={LOOKS[column]}>
              {t(`columns.${column}`)}
            </HeaderCell>
          ))}
        </tr>
      </TableHead>
      <tbody>{keys ? keys.map((key) => <KeyRow key={key.keyId} of={key} />) : <LoadingRows />}</tbody>
    </Table>
  )
}

function KeyRow({ of: key }: { of: ListedKey }) {
  const t = useTranslations()
  const format = useFormatter()
  const bytes = useBytes()
  const title = useKeyTitle()(key)
  return (
    <Row>
      <Cell className="h-15!">
        <span className="flex min-w-0 items-center gap-2">
          <Link
            href={pages.key(key.keyId)}
            className="hover:text-accent-ink min-w-0 truncate rounded-xs font-medium"
          >
            {title}
          </Link>
          {key.isDefault && <SharedBadge shrinks />}
        </span>
        <span className="text-muted flex items-center gap-1">
          <span className="truncate font-mono text-xs">{key.keyId}</span>
          <CopyButton
            text={key.keyId}
            label={t('keys.copyIdOf', { name: title })}
            copiedLabel={t('common.copied')}
            className="-my-1 size-6!"
          />
        </span>
      </Cell>
      <Cell className={LOOKS.state}>
        <KeyStateBadge state={key.state} />
      </Cell>
      <Cell className={LOOKS.spec}>
        {SPEC_NAMES[key.spec]}
        <span className="text-muted block text-xs">{t(`keys.origins.${key.origin}`)}</span>
      </Cell>
      <Cell className={`${LOOKS.nextRotation} text-muted tabular-nums`}>
        <NextRotation of={key} />
      </Cell>
      <Cell className={`${LOOKS.objects} tabular-nums`}>
        {key.usage ? (
          <>
            {format.number(key.usage.objects)}
            <span className="text-muted block text-xs">{bytes(key.usage.bytes)}</span>
          </>
        ) : (
          <NotShown />
        )}
      </Cell>
    </Row>
  )
}

function NextRotation({ of: { rotation, state, deletionAt } }: { of: ListedKey }) {
  const t = useTranslations('keys')
  const format = useFormatter()
  const day = (at: number) => format.dateTime(at, { dateStyle: 'medium' })
  if (state === 'PendingDeletion' && deletionAt !== undefined)
    return <span className="text-danger-ink">{t('destroyedOn', { day: day(deletionAt) })}</span>
  if (!rotation) return <NotShown />
  if (!rotation.enabled || rotation.nextAt === undefined) return <span>{t('notByPeriod')}</span>
  return <time dateTime={new Date(rotation.nextAt).toISOString()}>{day(rotation.nextAt)}</time>
}

function NotShown() {
  const t = useTranslations('keys')
  return (
    <span className="text-faint" title={t('hidden')}>
      <span aria-hidden>—</span>
      <span className="sr-only">{t('hidden')}</span>
    </span>
  )
}

function LoadingRows() {
  return [52, 38, 44].map((width) => (
    <Row key={width}>
      {COLUMNS.map((column) => (
        <Cell key={column} className={`${LOOKS[column]} ${column === 'name' ? 'h-15!' : ''}`}>
          <span style={{ width: `${column === 'name' ? width : 60}%` }} className="inline-block max-w-48">
            <Skeleton />
          </span>
        </Cell>
      ))}
    </Row>
  ))
}
