import { getTranslations } from 'next-intl/server'
import { KeyList } from '@/components/keys/key-list'

export async function generateMetadata() {
  return { title: (await getTranslations('keys'))('title') }
}

export default function KeysPage() {
  return <KeyList />
}
