'use client'
import { useSearchParams } from 'next/navigation'
import { useEffect, useState } from 'react'
import type { ObjectFilter } from '@/lib/console/object-filter'
import { pages } from '@/lib/console/paths'
import { useDebounced } from './use-debounced'

export interface ListSearch {
  /** as typed */
  text: string
  /** once it rests */
  rested: string
  set: (text: string) => void
}

/** The search of a list; the address carries it, so that it is there again when somebody comes back. */
export function useSearch(bucket: string, prefix: string, filter: ObjectFilter): ListSearch {
  const address = useSearchParams()
  const [text, set] = useState(address.get('search') ?? '')
  const rested = useDebounced(text, 250)
  useEffect(() => {
    if (rested === (new URLSearchParams(window.location.search).get('search') ?? '')) return
    // Past the router: the server has nothing to add.
    window.history.replaceState(null, '', pages.bucket(bucket, prefix, filter, rested))
  }, [bucket, prefix, filter, rested])
  return { text, rested, set }
}
