'use client'
import { History } from 'lucide-react'
import { useFormatter, useTranslations } from 'next-intl'
import { RewrapOffer } from '@/components/jobs/rewrap-offer'
import { Timestamp } from '@/components/shell/timestamp'
import { Badge } from '@/components/ui/badge'
import { SectionCard } from '@/components/ui/card'
import { Cell, HeaderCell, Row, Table, TableHead } from '@/components/ui/table'
import type { KeyDetail, Rotation } from '@/lib/console/schemas-keys'

/** The versions of the key's material, newest first, and how many object versions each still opens. */
export function VersionsCard({ of: key, rotations }: { of: KeyDetail; rotations: Rotation[] }) {
  const t = useTranslations('keys.versions')
  const format = useFormatter()
  const objects = new Map(key.radius?.versions.map((one) => [one.version, one.objects]))
  const newestFirst = rotations.toSorted((a, b) => b.version - a.version)
  return (
    <SectionCard
      id="key-versions"
      title={t('title')}
      icon={<History aria-hidden />}
      description={t('description')}
      flush
    >
      {rotations.length === 0 ? (
        <p className="text-muted px-4 py-3 text-sm">{t('none')}</p>
      ) : (
        <Table aria-label={t('title')}>
          <TableHead>
            <tr>
              <HeaderCell>{t('version')}</HeaderCell>
              <HeaderCell>{t('made')}</HeaderCell>
              <HeaderCell className="@max-md:hidden">{t('by')}</HeaderCell>
              <HeaderCell className="text-right">{t('objects')}</HeaderCell>
            </tr>
          </TableHead>
          <tbody>
            {newestFirst.map(({ version, at, type }) => (
              <Row key={version}>
                <Cell className="tabular-nums">
                  <span className="flex items-center gap-2">
                    {version}
                    {version === key.currentVersion && <Badge tone="accent">{t('current')}</Badge>}
                  </span>
                </Cell>
                <Cell className="text-muted whitespace-normal!">
                  <Timestamp at={at} />
                </Cell>
                <Cell className="@max-md:hidden">{t(`types.${type}`)}</Cell>
                <Cell className="text-right tabular-nums">
                  {key.radius ? format.number(objects.get(version) ?? 0) : '—'}
                </Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      )}
      <div className="p-3 empty:hidden">
        <RewrapOffer of={key} />
      </div>
    </SectionCard>
  )
}
