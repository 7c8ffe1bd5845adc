'use client'
import { useTranslations } from 'next-intl'
import Link from 'next/link'
import { Breadcrumbs } from '@/components/ui/breadcrumbs'
import { baseName, parentPrefix, prefixSteps } from '@/lib/console/object-key'
import { pages } from '@/lib/console/paths'

/** From the list of buckets through the folders to a file. */
export function ObjectTrail({ bucket, objectKey }: { bucket: string; objectKey: string }) {
  const t = useTranslations()
  return (
    <Breadcrumbs
      label={t('objects.folders')}
      items={[
        { key: 'buckets', node: <Link href={pages.buckets()}>{t('buckets.title')}</Link> },
        { key: '', node: <Link href={pages.bucket(bucket)}>{bucket}</Link> },
        ...prefixSteps(parentPrefix(objectKey)).map((step) => ({
          key: step.prefix,
          node: <Link href={pages.bucket(bucket, step.prefix)}>{step.name || t('objects.unnamed')}</Link>,
        })),
        { key: objectKey, node: baseName(objectKey) || t('objects.unnamed') },
      ]}
    />
  )
}
