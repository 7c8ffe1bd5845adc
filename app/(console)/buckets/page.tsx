import { getTranslations } from 'next-intl/server'
import { BucketList } from '@/components/buckets/bucket-list'

export async function generateMetadata() {
  return { title: (await getTranslations('buckets'))('title') }
}

export default function BucketsPage() {
  return <BucketList />
}
