'use client'
import { useFormatter, useTranslations } from 'next-intl'
import { Cell, HeaderCell, Row, Table, TableHead } from '@/components/ui/table'

export interface CallsTableProps {
  label: string
  /** heading of the first column */
  column: string
  rows: { key: string; name: string; calls: number; denied: number }[]
}

/** Calls, and how many of them were refused, by whatever the rows stand for. */
export function CallsTable({ label, column, rows }: CallsTableProps) {
  const t = useTranslations('keys.usage')
  const format = useFormatter()
  return (
    <Table aria-label={label} className="table-fixed">
      <TableHead>
        <tr>
          <HeaderCell>{column}</HeaderCell>
          <HeaderCell className="w-24 text-right">{t('calls')}</HeaderCell>
          <HeaderCell className="w-24 text-right">{t('denied')}</HeaderCell>
        </tr>
      </TableHead>
      <tbody>
        {rows.map(({ key, name, calls, denied }) => (
          <Row key={key}>
            <Cell className="truncate" title={name}>
              {name}
            </Cell>
            <Cell className="text-right tabular-nums">{format.number(calls)}</Cell>
            <Cell className="text-right tabular-nums">{format.number(denied)}</Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  )
}
