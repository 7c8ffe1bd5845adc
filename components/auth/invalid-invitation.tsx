import { getTranslations } from 'next-intl/server'
import Link from 'next/link'
import { buttonClass } from '@/components/ui/button-class'
import { pages } from '@/lib/console/paths'
import { AuthCard } from './auth-card'

export async function InvalidInvitation() {
  const t = await getTranslations('members.join')
  return (
    <AuthCard title={t('invalidTitle')} description={t('invalidText')}>
      <Link href={pages.buckets()} className={buttonClass('secondary')}>
        {t('toCoffer')}
      </Link>
    </AuthCard>
  )
}
