'use client'
import { useTranslations } from 'next-intl'
import { Breadcrumbs } from '@/components/ui/breadcrumbs'
import { baseName, parentPrefix, prefixSteps } from '@/lib/console/object-key'
import { pages } from '@/lib/console/paths'
import { Link } from './link'

/**
 * From the list of buckets through the folders to where one is: a bucket (`path` is empty), a folder or a file.
 * A folder without a name (from `//` in a key) is shown as such.
 */
export function PathTrail({ bucket, path }: { bucket: string; path: string }) {
  const t = useTranslations()
  const named = (name: string) => name || t('objects.unnamed')
  const ways = [
    { key: 'buckets', name: t('buckets.title'), href: pages.buckets() },
    { key: 'bucket', name: bucket, href: pages.bucket(bucket) },
    ...prefixSteps(parentPrefix(path)).map((step) => ({
      key: step.prefix,
      name: named(step.name),
      href: pages.bucket(bucket, step.prefix),
    })),
  ]
  const here = path === '' ? ways.pop()!.name : named(baseName(path))
  return (
    <Breadcrumbs
      label={t('buckets.breadcrumbs')}
      items={[
        ...ways.map(({ key, name, href }) => ({ key, node: <Link href={href}>{name}</Link> })),
        { key: 'here', node: here },
      ]}
    />
  )
}
