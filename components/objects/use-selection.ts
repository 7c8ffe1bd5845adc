'use client'
import { useState } from 'react'

export interface Selection {
  ids: ReadonlySet<string>
  /** selects or clears one line; with `through`, all lines from the one clicked before */
  toggle: (id: string, through: boolean) => void
  setAll: (ids: readonly string[]) => void
  clear: () => void
}

/** Which lines of a list are ticked; `order` is the list as shown. */
export function useSelection(order: readonly string[]): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const [last, setLast] = useState<string>()
  return {
    ids,
    toggle: (id, through) => {
      const next = new Set(ids)
      const select = !ids.has(id)
      for (const each of through ? span(order, last, id) : [id]) {
        if (select) next.add(each)
        else next.delete(each)
      }
      setIds(next)
      setLast(id)
    },
    setAll: (all) => setIds(new Set(all)),
    clear: () => setIds(new Set()),
  }
}

function span(order: readonly string[], from: string | undefined, to: string): readonly string[] {
  const [a, b] = [from === undefined ? -1 : order.indexOf(from), order.indexOf(to)]
  return a < 0 || b < 0 ? [to] : order.slice(Math.min(a, b), Math.max(a, b) + 1)
}
