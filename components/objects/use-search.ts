'use client'
import { useSearchParams } from 'next/navigation'
import { useEffect, useState } from 'react'
import { useProject } from '@/components/shell/me'
import type { ObjectFilter } from '@/lib/console/object-filter'
import { inProject, pages } from '@/lib/console/paths'
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
  const { projectId } = useProject()
  useEffect(() => {
    if (rested === (new URLSearchParams(window.location.search).get('search') ?? '')) return
    // With the router's own state it goes past the router: the server has nothing to add, and a link that was just
    // clicked is still followed.
    window.history.replaceState(
      window.history.state,
      '',
      inProject(pages.bucket(bucket, prefix, filter, rested), projectId),
    )
  })
  return { text, rested, set }
}
