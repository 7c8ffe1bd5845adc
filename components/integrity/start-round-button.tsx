'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { RefreshCw } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useErrorToast } from '@/components/shell/error-message'
import { useProject } from '@/components/shell/me'
import { Button } from '@/components/ui/button'
import { proofClient } from '@/lib/console/proof-client'
import { integrityKey } from '@/lib/console/queries/proof'

/** Begins a round over everything; one runs at a time. */
export function StartRoundButton({ running }: { running: boolean }) {
  const t = useTranslations('integrity')
  const { projectId } = useProject()
  const queryClient = useQueryClient()
  const start = useMutation({
    mutationFn: () => proofClient(projectId).startRound(),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: integrityKey(projectId) }),
    onError: useErrorToast(),
  })
  return (
    <Button variant="primary" disabled={running} busy={start.isPending} onClick={() => start.mutate()}>
      <RefreshCw aria-hidden />
      {t(running ? 'running' : 'start')}
    </Button>
  )
}
