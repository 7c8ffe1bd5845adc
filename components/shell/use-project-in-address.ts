'use client'
import { usePathname, useSearchParams } from 'next/navigation'
import { useEffect } from 'react'
import { inProject } from '@/lib/console/paths'
import { useMe } from './me'

/** The address names the project of the page, however one came: loaded anew, or sent to somebody, it is of the same one. */
export function useProjectInAddress(): void {
  const { project } = useMe()
  const path = usePathname()
  const search = useSearchParams()
  useEffect(() => {
    // The router takes over the history in an effect of its own, further up: an entry made before that has none of its
    // state, and going back to it would show nothing.
    const timer = setTimeout(() => {
      const { pathname, search, hash } = window.location
      const wanted = inProject(pathname + search, project?.projectId)
      if (wanted !== pathname + search && project) window.history.replaceState(null, '', wanted + hash)
    })
    return () => clearTimeout(timer)
  }, [project, path, search])
}
