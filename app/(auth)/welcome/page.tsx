import { getTranslations } from 'next-intl/server'
import { redirect } from 'next/navigation'
import type { PageInput } from '@/app/_request/page-input'
import { system } from '@/app/_request/system'
import { UsedWelcomeLink } from '@/components/auth/used-welcome-link'
import { WelcomeForm } from '@/components/auth/welcome-form'
import { pages } from '@/lib/console/paths'

export async function generateMetadata() {
  // the address holds a one-time token: no page we lead to may learn it
  return { title: (await getTranslations('auth'))('welcomeTitle'), referrer: 'no-referrer' as const }
}

export default async function WelcomePage({ searchParams }: PageInput) {
  const { token } = await searchParams
  if (typeof token !== 'string' || token === '') redirect(pages.signIn())
  return (await system().accounts.isWelcomeToken(token)) ? <WelcomeForm token={token} /> : <UsedWelcomeLink />
}
