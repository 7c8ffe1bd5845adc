import { Skeleton } from './skeleton'
import { Cell, Row } from './table'

export interface LoadingRowsProps {
  /** classes of each column */
  looks: Record<string, string>
  rows: number
}

/** What stands in a table until its rows are there. */
export function LoadingRows({ looks, rows }: LoadingRowsProps) {
  return Array.from({ length: rows }, (_, row) => (
    <Row key={row}>
      {Object.entries(looks).map(([column, className]) => (
        <Cell key={column} className={className}>
          <Skeleton className="w-3/5" />
        </Cell>
      ))}
    </Row>
  ))
}
