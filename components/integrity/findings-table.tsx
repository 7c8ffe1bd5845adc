'use client'
import { CircleCheck, OctagonX } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { DamageList } from '@/components/proof/damage-list'
import { Link } from '@/components/shell/link'
import { Timestamp } from '@/components/shell/timestamp'
import { Badge } from '@/components/ui/badge'
import { LoadingRows } from '@/components/ui/loading-rows'
import { Cell, HeaderCell, Row, Table, TableHead } from '@/components/ui/table'
import { pages } from '@/lib/console/paths'
import type { Finding } from '@/lib/console/schemas-proof'

const LOOKS = {
  object: 'w-[30%] @max-md:w-1/2',
  damage: '',
  seen: 'w-44 @max-2xl:hidden',
  // the list is of one state, which stands above it
  state: 'w-36 @max-md:hidden',
}
const COLUMNS = Object.keys(LOOKS) as (keyof typeof LOOKS)[]

/** One row a finding: which object, what does not hold and where, since when. */
export function FindingsTable({ findings }: { findings: Finding[] | undefined }) {
  const t = useTranslations('integrity.findings')
  return (
    <Table aria-label={t('title')} aria-busy={!findings} className="table-fixed">
      <TableHead>
        <tr>
          {COLUMNS.map((column) => (
            <HeaderCell key={column} className={LOOKS[column]}>
              {t(`columns.${column}`)}
            </HeaderCell>
          ))}
        </tr>
      </TableHead>
      <tbody>
        {findings ? (
          findings.map((finding) => <FindingRow key={finding.findingId} finding={finding} />)
        ) : (
          <LoadingRows looks={LOOKS} rows={3} />
        )}
      </tbody>
    </Table>
  )
}

function FindingRow({ finding }: { finding: Finding }) {
  const { damage, damageCount, firstSeen, lastSeen } = finding
  const t = useTranslations('integrity.findings')
  return (
    <Row>
      <Cell className={`${LOOKS.object} py-3 align-top wrap-anywhere whitespace-normal!`}>
        <ObjectName finding={finding} />
      </Cell>
      <Cell className={`${LOOKS.damage} py-3 align-top whitespace-normal!`}>
        <DamageList damage={damage} count={damageCount} most={2} />
      </Cell>
      <Cell className={`${LOOKS.seen} text-muted py-3 align-top whitespace-normal!`}>
        <Timestamp at={firstSeen} />
        {lastSeen !== firstSeen && (
          <span className="block text-xs">
            {t.rich('again', { moment: () => <Timestamp at={lastSeen} /> })}
          </span>
        )}
      </Cell>
      <Cell className={`${LOOKS.state} py-3 align-top whitespace-normal!`}>
        <FindingStateBadge finding={finding} />
      </Cell>
    </Row>
  )
}

/** An object without a bucket has no page. */
function ObjectName({ finding: { bucket, key, homeless } }: { finding: Finding }) {
  const t = useTranslations('integrity.findings')
  const name = <span className="font-mono text-xs">{bucket ? `${bucket}/${key}` : key}</span>
  if (homeless)
    return (
      <>
        {name}
        <span className="text-muted block text-xs">{t('homeless')}</span>
      </>
    )
  return (
    <Link href={pages.object(bucket, key)} className="text-accent-ink rounded-xs hover:underline">
      {name}
    </Link>
  )
}

function FindingStateBadge({ finding: { resolution, resolvedAt, foundBy } }: { finding: Finding }) {
  const t = useTranslations('integrity.findings')
  if (!resolution || resolvedAt === undefined)
    return (
      <>
        <Badge tone="danger" icon={<OctagonX aria-hidden />}>
          {t('states.open')}
        </Badge>
        <span className="text-muted mt-1 block text-xs">{t(`foundBy.${foundBy}`)}</span>
      </>
    )
  return (
    <>
      <Badge icon={<CircleCheck aria-hidden className="text-accent-ink" />}>
        {t(`resolutions.${resolution}`)}
      </Badge>
      <span className="text-muted mt-1 block text-xs">
        <Timestamp at={resolvedAt} />
      </span>
    </>
  )
}
