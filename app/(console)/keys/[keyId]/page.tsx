import { getTranslations } from 'next-intl/server'
import type { PageInput } from '@/app/_request/page-input'
import { KeyPage } from '@/components/keys/key-page'
import { isKeyTab } from '@/lib/console/paths'

export async function generateMetadata({ params }: PageInput<{ keyId: string }>) {
  const t = await getTranslations('keys')
  return { title: `${t('summary')} · ${decodeURIComponent((await params).keyId)}` }
}

export default async function KeyPageRoute({ params, searchParams }: PageInput<{ keyId: string }>) {
  const { tab } = await searchParams
  return <KeyPage keyId={decodeURIComponent((await params).keyId)} tab={isKeyTab(tab) ? tab : undefined} />
}
