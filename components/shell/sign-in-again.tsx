'use client'
import { ExternalLink } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { buttonClass } from '@/components/ui/button-class'
import { pages } from '@/lib/console/paths'

/** Beside work that would be lost with the page: the session is the browser's, so another tab can begin a new one. */
export function SignInAgain() {
  const t = useTranslations('auth')
  return (
    <a href={pages.signIn()} target="_blank" className={buttonClass('secondary', 'sm')}>
      <ExternalLink aria-hidden />
      {t('signInInNewTab')}
    </a>
  )
}
