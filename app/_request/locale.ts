import type { Messages } from 'next-intl'
import { getRequestConfig } from 'next-intl/server'
import { cookies, headers } from 'next/headers'
import { isLocale, LOCALE_COOKIE, preferredLocale, type Locale } from '@/lib/i18n/locales'

const load: Record<Locale, () => Promise<{ default: Messages }>> = {
  en: () => import('@/lib/i18n/messages/en.json'),
  'zh-TW': () => import('@/lib/i18n/messages/zh-TW.json'),
}

/** The language of a request: what the person chose, else what the browser prefers. next-intl calls this. */
export default getRequestConfig(async () => {
  const chosen = (await cookies()).get(LOCALE_COOKIE)?.value
  const locale = isLocale(chosen) ? chosen : preferredLocale((await headers()).get('accept-language'))
  return { locale, messages: (await load[locale]()).default, timeZone: 'UTC' }
})
