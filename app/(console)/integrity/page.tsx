import { getTranslations } from 'next-intl/server'
import { IntegrityPage } from '@/components/integrity/integrity-page'

export async function generateMetadata() {
  return { title: (await getTranslations('integrity'))('title') }
}

export default function ObjectIntegrityPage() {
  return <IntegrityPage />
}
