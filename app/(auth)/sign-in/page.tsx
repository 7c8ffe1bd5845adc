import { getTranslations } from 'next-intl/server'
import type { PageInput } from '@/app/_request/page-input'
import { system } from '@/app/_request/system'
import { SignInForm } from '@/components/auth/sign-in-form'

export async function generateMetadata() {
  return { title: (await getTranslations('auth'))('signInTitle') }
}

export default async function SignInPage({ searchParams }: PageInput) {
  const { next } = await searchParams
  const awaitsAdministrator = await system().accounts.needsFirstAdministrator()
  return (
    <SignInForm
      next={typeof next === 'string' ? next : undefined}
      awaitsAdministrator={awaitsAdministrator}
    />
  )
}
