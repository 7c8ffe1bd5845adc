'use client'
import { useEffect } from 'react'

/** The rest of a list that comes page by page. */
export interface MoreRows {
  exists: boolean
  loading: boolean
  error: unknown
  load: () => void
}

/** Asks for the next page while its place is `near`, so that nobody sees the end of this one. */
export function useLoadAhead({ exists, loading, error, load }: MoreRows, near: boolean): void {
  useEffect(() => {
    if (near && exists && !loading && !error) load()
  })
}

/**
 * Stands for the rows of a virtual table that are not in the page, `height` px of them. One cell only: a span over all
 * columns would make new ones in place of those that are hidden.
 */
export function RowGap({ height }: { height: number }) {
  return (
    <tr aria-hidden style={{ height }}>
      <td />
    </tr>
  )
}
