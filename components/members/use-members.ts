'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useProject } from '@/components/shell/me'
import { membersKey } from '@/lib/console/queries/members'

/** The list is asked for again, whatever happened: it alone knows. */
export function useMembersChanged() {
  const { projectId } = useProject()
  const queryClient = useQueryClient()
  return () => queryClient.invalidateQueries({ queryKey: membersKey(projectId) })
}
