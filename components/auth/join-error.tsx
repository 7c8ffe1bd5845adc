'use client'
import { useTranslations } from 'next-intl'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Notice } from '@/components/ui/notice'
import { ApiError } from '@/lib/console/client'

/** What does not match here is the link: it was used, revoked or ended since the page was loaded. */
export function JoinError({ error }: { error: unknown }) {
  const t = useTranslations('members.join')
  if (!(error instanceof ApiError) || error.code !== 'InvalidCredentials')
    return <ErrorNotice error={error} />
  return (
    <Notice tone="danger" live title={t('invalidTitle')}>
      {t('invalidText')}
    </Notice>
  )
}
