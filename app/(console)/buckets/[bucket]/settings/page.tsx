import { getTranslations } from 'next-intl/server'
import type { PageInput } from '@/app/_request/page-input'
import { BucketHeader } from '@/components/buckets/bucket-header'
import { BucketSettings } from '@/components/buckets/bucket-settings'

export async function generateMetadata({ params }: PageInput<{ bucket: string }>) {
  const t = await getTranslations('buckets')
  return { title: `${t('tabSettings')} · ${decodeURIComponent((await params).bucket)}` }
}

export default async function BucketSettingsPage({ params }: PageInput<{ bucket: string }>) {
  const bucket = decodeURIComponent((await params).bucket)
  return (
    <>
      <BucketHeader bucket={bucket} />
      <BucketSettings bucket={bucket} />
    </>
  )
}
