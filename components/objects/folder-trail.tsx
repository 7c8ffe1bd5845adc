'use client'
import { Home } from 'lucide-react'
import { useTranslations } from 'next-intl'
import Link from 'next/link'
import { Breadcrumbs } from '@/components/ui/breadcrumbs'
import { prefixSteps } from '@/lib/console/object-key'
import { pages } from '@/lib/console/paths'

/** Where in the bucket one is. A folder without a name (from `//` in a key) is shown as such. */
export function FolderTrail({ bucket, prefix }: { bucket: string; prefix: string }) {
  const t = useTranslations('objects')
  const steps = prefixSteps(prefix)
  const root = (
    <span className="inline-flex items-center gap-1.5">
      <Home aria-hidden className="size-3.5" />
      {t('root')}
    </span>
  )
  return (
    <Breadcrumbs
      label={t('folders')}
      items={[
        { key: '', node: steps.length === 0 ? root : <Link href={pages.bucket(bucket)}>{root}</Link> },
        ...steps.map((step, index) => ({
          key: step.prefix,
          node:
            index === steps.length - 1 ? (
              step.name || t('unnamed')
            ) : (
              <Link href={pages.bucket(bucket, step.prefix)}>{step.name || t('unnamed')}</Link>
            ),
        })),
      ]}
    />
  )
}
