'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { CloudCog, KeyRound } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { Button } from '@/components/ui/button'
import { SectionCard } from '@/components/ui/card'
import { toast } from '@/components/ui/toaster'
import { authorizeKms, kmsAuthorizationQuery } from '@/lib/console/queries/kms-authorization'

/**
 * One click, before COS clients may have files encrypted under the project's keys. Nothing to see where that is so already,
 * which it is in every new project unless the operator wants the step.
 */
export function KmsAuthorizationCard() {
  const t = useTranslations('keys.cosAuthorization')
  const { projectId } = useProject()
  const state = useQuery(kmsAuthorizationQuery(projectId))
  const queryClient = useQueryClient()
  const authorize = useMutation({
    mutationFn: () => authorizeKms(projectId),
    onSuccess: (answer) => {
      queryClient.setQueryData(kmsAuthorizationQuery(projectId).queryKey, answer)
      toast.success(t('done'))
    },
  })
  if (state.data === undefined || state.data.authorizedAt !== undefined) return null
  return (
    <SectionCard
      id="cos-authorization"
      title={t('title')}
      icon={<CloudCog aria-hidden />}
      actions={
        state.data.mayAuthorize && (
          <Button variant="primary" busy={authorize.isPending} onClick={() => authorize.mutate()}>
            <KeyRound aria-hidden />
            {t('action')}
          </Button>
        )
      }
    >
      <p className="text-muted max-w-prose text-sm">{t('text')}</p>
      <p className="text-muted mt-2 max-w-prose text-sm">
        {state.data.mayAuthorize ? t('api') : t('administrators')}
      </p>
      {authorize.isError && <ErrorNotice error={authorize.error} className="mt-3" />}
    </SectionCard>
  )
}
