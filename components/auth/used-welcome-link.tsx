'use client'
import { useTranslations } from 'next-intl'
import Link from 'next/link'
import { buttonClass } from '@/components/ui/button-class'
import { pages } from '@/lib/console/paths'
import { AuthCard } from './auth-card'

/** In place of the form: for a link that was used, has ended or never was. */
export function UsedWelcomeLink() {
  const t = useTranslations('auth')
  return (
    <AuthCard title={t('linkEndedTitle')} description={t('linkEndedText')}>
      <Link href={pages.signIn()} className={buttonClass('primary')}>
        {t('signIn')}
      </Link>
    </AuthCard>
  )
}
