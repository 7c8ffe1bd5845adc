'use client'
import { ChevronRight } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { RoleTable } from '@/lib/console/schemas-members'

/** The roles' policies to the letter, for those who write policies of their own. */
export function RoleActions({ roles }: { roles: RoleTable['roles'] }) {
  const t = useTranslations()
  return (
    <details className="group/raw border-line border-t">
      <summary className="text-muted hover:text-ink flex h-10 list-none items-center gap-1.5 px-4 text-sm font-medium focus-visible:-outline-offset-2">
        <ChevronRight aria-hidden className="size-4 transition-transform group-open/raw:rotate-90" />
        {t('members.roles.raw')}
      </summary>
      <dl className="divide-line divide-y px-4 pb-3 text-sm">
        {roles.map(({ role, allows, denies }) => (
          <div key={role} className="grid gap-x-4 gap-y-1 py-2.5 sm:grid-cols-[8rem_1fr]">
            <dt className="font-medium">{t(`shell.roles.${role}`)}</dt>
            <dd className="flex min-w-0 flex-col gap-1.5">
              <Actions label={t('members.roles.allows')} actions={allows} />
              {denies.length > 0 && <Actions label={t('members.roles.denies')} actions={denies} />}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

function Actions({ label, actions }: { label: string; actions: string[] }) {
  return (
    <p>
      <span className="text-muted mr-2 text-xs">{label}</span>
      <span className="font-mono text-xs/5 wrap-anywhere">{actions.join(', ')}</span>
    </p>
  )
}
