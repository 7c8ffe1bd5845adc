import { FileLock2, KeyRound, ShieldCheck } from 'lucide-react'
import { getTranslations } from 'next-intl/server'
import type { ReactNode } from 'react'
import { LanguageMenu } from '@/components/shell/language-menu'
import { Logo } from '@/components/shell/logo'
import { ThemeMenu } from '@/components/shell/theme-menu'

const PROMISES = [
  { key: 'promiseFiles', Icon: FileLock2 },
  { key: 'promiseKeys', Icon: KeyRound },
  { key: 'promiseTampering', Icon: ShieldCheck },
] as const

export default async function AuthLayout({ children }: { children: ReactNode }) {
  const t = await getTranslations('auth')
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(0,26rem)_1fr]">
      <aside className="border-line bg-surface flex flex-col justify-between gap-12 p-10 max-lg:hidden lg:border-r">
        <p className="flex items-center gap-2.5 text-xl font-semibold tracking-tight">
          <Logo className="size-9" />
          Coffer
        </p>
        <div>
          <p className="text-2xl font-semibold tracking-tight text-balance">{t('pitch')}</p>
          <ul className="mt-8 flex flex-col gap-5">
            {PROMISES.map(({ key, Icon }) => (
              <li key={key} className="text-muted flex gap-3.5 text-base">
                <span className="rounded-card bg-accent-soft text-accent-ink grid size-9 shrink-0 place-items-center">
                  <Icon aria-hidden className="size-4.5" />
                </span>
                <span className="self-center">{t(key)}</span>
              </li>
            ))}
          </ul>
        </div>
        <p className="text-faint text-xs">{t('selfHosted')}</p>
      </aside>
      <div className="flex flex-col">
        <div className="flex items-center justify-end gap-0.5 p-3">
          <Logo className="mr-auto ml-3 size-8 lg:hidden" />
          <LanguageMenu />
          <ThemeMenu />
        </div>
        <main className="flex flex-1 justify-center px-6 pt-[12vh] pb-16">{children}</main>
      </div>
    </div>
  )
}
