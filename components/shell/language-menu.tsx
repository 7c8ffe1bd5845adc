'use client'
import { Languages } from 'lucide-react'
import { useLocale, useTranslations } from 'next-intl'
import { useRouter } from 'next/navigation'
import { Button } from '@/components/ui/button'
import { Menu, MenuChoice } from '@/components/ui/menu'
import { LOCALE_COOKIE, LOCALE_NAMES, LOCALES, type Locale } from '@/lib/i18n/locales'

const YEAR = 365 * 24 * 3600

export function LanguageMenu() {
  const t = useTranslations('shell')
  const locale = useLocale()
  const router = useRouter()
  const choose = (next: Locale) => {
    document.cookie = `${LOCALE_COOKIE}=${next}; path=/; max-age=${YEAR}; samesite=lax`
    router.refresh()
  }
  return (
    <Menu
      trigger={
        <Button variant="quiet" size="icon" aria-label={t('language')} title={t('language')}>
          <Languages aria-hidden />
        </Button>
      }
    >
      <MenuChoice
        value={locale}
        onChange={choose}
        options={LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value], lang: value }))}
      />
    </Menu>
  )
}
