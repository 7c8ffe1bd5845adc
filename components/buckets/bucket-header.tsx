'use client'
import { useQuery } from '@tanstack/react-query'
import { Files, Settings2 } from 'lucide-react'
import { useFormatter, useTranslations } from 'next-intl'
import { usePathname } from 'next/navigation'
import { PublicBucketBadge } from '@/components/access/bucket-access'
import { RuleBadge } from '@/components/encryption/encryption-badge'
import { Link } from '@/components/shell/link'
import { useProject } from '@/components/shell/me'
import { PathTrail } from '@/components/shell/path-trail'
import { useBytes } from '@/components/shell/use-bytes'
import { Skeleton } from '@/components/ui/skeleton'
import { pages } from '@/lib/console/paths'
import { bucketQuery } from '@/lib/console/queries/buckets'

/** Name, facts and tabs of a bucket: the same above its files and its settings. */
export function BucketHeader({ bucket, prefix = '' }: { bucket: string; prefix?: string }) {
  const t = useTranslations('buckets')
  const path = usePathname()
  const tabs = [
    { href: pages.bucket(bucket), label: t('tabFiles'), Icon: Files },
    { href: pages.bucketSettings(bucket), label: t('tabSettings'), Icon: Settings2 },
  ]
  return (
    <header className="border-line bg-surface shrink-0 border-b px-6 pt-4">
      <PathTrail bucket={bucket} path={prefix} />
      <div className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-1.5">
        <h1 className="text-xl font-semibold tracking-tight wrap-anywhere">{bucket}</h1>
        <BucketFacts bucket={bucket} />
      </div>
      <nav aria-label={t('tabs')} className="mt-2.5 flex gap-5">
        {tabs.map(({ href, label, Icon }) => (
          <Link
            key={href}
            href={href}
            aria-current={path === href ? 'page' : undefined}
            className="text-muted hover:text-ink aria-[current]:border-accent aria-[current]:text-ink -mb-px flex items-center gap-2 rounded-t-xs border-b-2 border-transparent py-2 text-sm font-medium"
          >
            <Icon aria-hidden className="size-4" />
            {label}
          </Link>
        ))}
      </nav>
    </header>
  )
}

function BucketFacts({ bucket }: { bucket: string }) {
  const t = useTranslations('buckets')
  const format = useFormatter()
  const bytes = useBytes()
  const { projectId } = useProject()
  const { data, isError } = useQuery(bucketQuery(projectId, bucket))
  if (isError) return null
  if (!data) return <Skeleton className="h-6! w-64" />
  return (
    <div className="text-muted flex min-h-6 flex-wrap items-center gap-x-3 gap-y-1 text-sm tabular-nums">
      <RuleBadge rule={data.encryption} />
      <PublicBucketBadge bucket={bucket} />
      <span>{t('objectCount', { count: data.objects, number: format.number(data.objects) })}</span>
      <span aria-hidden className="text-faint">
        ·
      </span>
      <span>{bytes(data.bytes)}</span>
    </div>
  )
}
