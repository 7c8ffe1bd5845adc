'use client'
import { useTranslations } from 'next-intl'
import { SignInAgain } from '@/components/shell/sign-in-again'
import { Notice } from '@/components/ui/notice'

/** The session ended while files were chosen: they stay, and another tab can begin a new one. */
export function SignedOutNotice() {
  const t = useTranslations('upload')
  return (
    <Notice tone="warning" live title={t('signedOut')} actions={<SignInAgain />}>
      {t('signedOutText')}
    </Notice>
  )
}
