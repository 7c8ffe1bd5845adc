'use client'
import {
  Archive,
  KeyRound,
  LifeBuoy,
  ListChecks,
  ScrollText,
  ShieldCheck,
  UsersRound,
  Vault,
} from 'lucide-react'
import { useTranslations } from 'next-intl'
import { usePathname } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { CopyButton } from '@/components/ui/copy-button'
import { pages } from '@/lib/console/paths'
import { Link } from './link'
import { useMe } from './me'

/** The areas of the console: a column on wide screens, a row on narrow ones. */
export function SideNav() {
  const t = useTranslations('shell')
  const keys = useTranslations('keys')
  const jobs = useTranslations('jobs')
  const members = useTranslations('members')
  const audit = useTranslations('audit')
  const integrity = useTranslations('integrity')
  const backup = useTranslations('backup')
  const { user } = useMe()
  const path = usePathname()
  const current = useRef<HTMLAnchorElement>(null)
  // where the areas are a row, most of them are beside the window
  useEffect(() => {
    // in some browsers this returns a promise, which is no way to clean up
    void current.current?.scrollIntoView({ inline: 'center', block: 'nearest' })
  }, [path])
  const links = [
    { href: pages.buckets(), label: t('navBuckets'), Icon: Archive },
    { href: pages.keys(), label: keys('nav'), Icon: Vault },
    { href: pages.jobs(), label: jobs('title'), Icon: ListChecks },
    { href: pages.accessKeys(), label: t('navAccessKeys'), Icon: KeyRound },
    { href: pages.members(), label: members('title'), Icon: UsersRound },
    { href: pages.audit(), label: audit('title'), Icon: ScrollText },
    { href: pages.integrity(), label: integrity('title'), Icon: ShieldCheck },
    ...(user.isAdministrator ? [{ href: pages.backup(), label: backup('title'), Icon: LifeBuoy }] : []),
  ]
  return (
    <div className="border-line bg-surface flex max-md:border-b md:w-60 md:shrink-0 md:flex-col md:border-r">
      <nav aria-label={t('navigation')} className="min-w-0 flex-1 overflow-x-auto px-3 py-2 md:py-4">
        <p className="text-faint px-2.5 pb-2 text-xs font-medium max-md:hidden">{t('service')}</p>
        <ul className="flex gap-1 md:flex-col">
          {links.map(({ href, label, Icon }) => (
            <li key={href}>
              <Link
                ref={path === href || path.startsWith(`${href}/`) ? current : undefined}
                href={href}
                aria-current={path === href ? 'page' : path.startsWith(`${href}/`) ? 'true' : undefined}
                className="rounded-control text-muted hover:bg-hover hover:text-ink aria-[current]:bg-accent-soft aria-[current]:text-accent-ink flex h-9 items-center gap-2.5 px-2.5 text-sm font-medium whitespace-nowrap transition-colors"
              >
                <Icon aria-hidden className="size-4 shrink-0" />
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <ObjectEndpoint />
    </div>
  )
}

function ObjectEndpoint() {
  const t = useTranslations()
  const { objectEndpoint } = useMe()
  return (
    <section aria-labelledby="s3-endpoint" className="border-line border-t p-4 max-md:hidden">
      <div className="flex items-center justify-between">
        <h2 id="s3-endpoint" className="text-faint text-xs font-medium">
          {t('shell.endpoint')}
        </h2>
        <CopyButton text={objectEndpoint} label={t('shell.copyEndpoint')} copiedLabel={t('common.copied')} />
      </div>
      <p className="text-muted font-mono text-xs wrap-anywhere">{objectEndpoint}</p>
    </section>
  )
}
