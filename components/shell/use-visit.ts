'use client'
import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { inProject } from '@/lib/console/paths'
import { useMe } from './me'

export type Visit = (page: string, options?: { scroll?: boolean }) => void

/** Leads to a page without a click on a link: into the same project, as links do (`link.tsx`). */
export function useVisit(): Visit {
  const router = useRouter()
  const { project } = useMe()
  const projectId = project?.projectId
  return useCallback((page, options) => router.push(inProject(page, projectId), options), [router, projectId])
}
