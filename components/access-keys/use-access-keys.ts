'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useErrorToast } from '@/components/shell/error-message'
import { useProject } from '@/components/shell/me'
import { toast } from '@/components/ui/toaster'
import { projectClient } from '@/lib/console/client'
import { accessKeysKey } from '@/lib/console/queries/access-keys'
import type { AccessKey } from '@/lib/console/schemas'

/** The list is asked for again, whatever happened: it alone knows. */
export function useAccessKeysChanged() {
  const { projectId } = useProject()
  const queryClient = useQueryClient()
  return () => queryClient.invalidateQueries({ queryKey: accessKeysKey(projectId) })
}

export function useSetAccessKeyState() {
  const t = useTranslations('accessKeys')
  const { projectId } = useProject()
  const changed = useAccessKeysChanged()
  return useMutation({
    mutationFn: ({ accessKeyId, state }: Pick<AccessKey, 'accessKeyId' | 'state'>) =>
      projectClient(projectId).setAccessKeyState(accessKeyId, state),
    onError: useErrorToast(),
    onSuccess: (_, { state }) => toast.success(t(`stateSet.${state}`)),
    onSettled: changed,
  })
}

export function useDeleteAccessKey() {
  const t = useTranslations('accessKeys')
  const { projectId } = useProject()
  const changed = useAccessKeysChanged()
  return useMutation({
    mutationFn: (accessKeyId: string) => projectClient(projectId).deleteAccessKey(accessKeyId),
    onError: useErrorToast(),
    onSuccess: () => toast.success(t('deleted')),
    onSettled: changed,
  })
}
