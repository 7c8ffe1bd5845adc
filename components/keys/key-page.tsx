'use client'
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Link } from '@/components/shell/link'
import { useProject } from '@/components/shell/me'
import { Breadcrumbs } from '@/components/ui/breadcrumbs'
import { Badge } from '@/components/ui/badge'
import { Card } from '@/components/ui/card'
import { Skeleton } from '@/components/ui/skeleton'
import { pages, type KeyTab } from '@/lib/console/paths'
import { keyQuery } from '@/lib/console/queries/keys'
import type { KeyDetail } from '@/lib/console/schemas-keys'
import { AccessTab } from './access-tab'
import { KeyActions } from './key-actions'
import { KeyStateBadge, SharedBadge, SPEC_NAMES } from './key-badges'
import { KeyNotices } from './key-notices'
import { useKeyTitle } from './key-title'
import { NoSuchKey, saysNoSuchKey } from './no-such-key'
import { OverviewTab } from './overview-tab'
import { TimelineTab } from './timeline-tab'
import { UsageTab } from './usage-tab'

const TABS = [undefined, 'access', 'usage', 'timeline'] as const

/** One key: what it is, what hangs on it, who may use it, and what has been done with it. */
export function KeyPage({ keyId, tab }: { keyId: string; tab: KeyTab | undefined }) {
  const { projectId } = useProject()
  const key = useQuery(keyQuery(projectId, keyId))
  const missing = saysNoSuchKey(key.error)
  return (
    <>
      {!missing && <KeyHeader keyId={keyId} tab={tab} of={key.data} />}
      <div className="flex flex-col gap-5 p-6 pb-8">
        {missing ? (
          <NoSuchKey keyId={keyId} />
        ) : key.isError ? (
          <ErrorNotice error={key.error} onRetry={() => void key.refetch()} />
        ) : key.data ? (
          <>
            <KeyNotices of={key.data} />
            <Tab tab={tab} of={key.data} />
          </>
        ) : (
          <Loading />
        )}
      </div>
    </>
  )
}

function Tab({ tab, of: key }: { tab: KeyTab | undefined; of: KeyDetail }) {
  switch (tab) {
    case 'access':
      return <AccessTab of={key} />
    case 'usage':
      return <UsageTab of={key} />
    case 'timeline':
      return <TimelineTab of={key} />
    case undefined:
      return <OverviewTab of={key} />
  }
}

interface KeyHeaderProps {
  keyId: string
  tab: KeyTab | undefined
  of: KeyDetail | undefined
}

function KeyHeader({ keyId, tab, of: key }: KeyHeaderProps) {
  const t = useTranslations('keys')
  const titleOf = useKeyTitle()
  const title = key ? titleOf(key) : `${keyId.slice(0, 8)}…`
  return (
    <header className="border-line bg-surface shrink-0 border-b px-6 pt-4">
      <Breadcrumbs
        label={t('breadcrumbs')}
        items={[
          { key: 'keys', node: <Link href={pages.keys()}>{t('title')}</Link> },
          { key: 'key', node: title },
        ]}
      />
      <div className="mt-1 flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="flex min-h-9 min-w-0 flex-wrap items-center gap-x-4 gap-y-1.5">
          <h1 className="text-xl font-semibold tracking-tight wrap-anywhere">{title}</h1>
          {key ? <Facts of={key} /> : <Skeleton className="h-6! w-64" />}
        </div>
        {key && <KeyActions of={key} />}
      </div>
      <nav aria-label={t('tabs.label')} className="mt-2.5 flex gap-5 overflow-x-auto">
        {TABS.map((one) => (
          <Link
            key={one ?? 'overview'}
            href={pages.key(keyId, one)}
            aria-current={tab === one ? 'page' : undefined}
            className="text-muted hover:text-ink aria-[current]:border-accent aria-[current]:text-ink -mb-px rounded-t-xs border-b-2 border-transparent py-2 text-sm font-medium whitespace-nowrap"
          >
            {t(`tabs.${one ?? 'overview'}`)}
          </Link>
        ))}
      </nav>
    </header>
  )
}

function Facts({ of: key }: { of: KeyDetail }) {
  const t = useTranslations('keys')
  return (
    <div className="flex flex-wrap items-center gap-2">
      <KeyStateBadge state={key.state} />
      <Badge>{SPEC_NAMES[key.spec]}</Badge>
      {key.origin === 'EXTERNAL' && <Badge>{t(`origins.${key.origin}`)}</Badge>}
      {key.isDefault && <SharedBadge />}
    </div>
  )
}

function Loading() {
  return (
    <div aria-busy className="grid items-start gap-5 xl:grid-cols-2">
      {[9, 7].map((lines) => (
        <Card key={lines} className="flex flex-col gap-6 p-4">
          {Array.from({ length: lines }, (_, line) => (
            <Skeleton key={line} className={line % 2 ? 'w-3/5' : 'w-4/5'} />
          ))}
        </Card>
      ))}
    </div>
  )
}
