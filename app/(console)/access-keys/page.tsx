import { getTranslations } from 'next-intl/server'
import { AccessKeyList } from '@/components/access-keys/access-key-list'

export async function generateMetadata() {
  return { title: (await getTranslations('accessKeys'))('title') }
}

export default function AccessKeysPage() {
  return <AccessKeyList />
}
