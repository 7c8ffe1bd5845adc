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
    const { pathname, search, hash } = window.location
    const wanted = inProject(pathname + search, project?.projectId)
    if (wanted !== pathname + search && project) window.history.replaceState(null, '', wanted + hash)
  }, [project, path, search])
}
