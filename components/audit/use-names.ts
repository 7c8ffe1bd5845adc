'use client'
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useProject } from '@/components/shell/me'
import { keyNamesQuery } from '@/lib/console/queries/keys'
import { membersQuery } from '@/lib/console/queries/members'

/** People and keys of the log by the names people know; who has left, or may not be seen, keeps his id. */
export function useNames() {
  const t = useTranslations('audit')
  const { projectId } = useProject()
  const members = useQuery({ ...membersQuery(projectId), staleTime: 60_000 })
  const keys = useQuery(keyNamesQuery(projectId))
  return {
    members: members.data?.members ?? [],
    keys: keys.data?.keys ?? [],
    person: (userId: string | undefined): string => {
      if (userId === undefined) return t('nobody')
      const found = members.data?.members.find((member) => member.userId === userId)
      return found?.name ?? t('formerMember', { id: userId.slice(0, 8) })
    },
  }
}
