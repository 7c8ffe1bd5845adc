import { Compass } from 'lucide-react'
import { getTranslations } from 'next-intl/server'
import Link from 'next/link'
import { buttonClass } from '@/components/ui/button-class'
import { EmptyState } from '@/components/ui/empty-state'
import { pages } from '@/lib/console/paths'

export default async function NotFound() {
  const t = await getTranslations('pages')
  return (
    <main className="grid min-h-dvh place-items-center">
      <EmptyState
        whole
        icon={<Compass aria-hidden />}
        title={t('notFound')}
        actions={
          <Link href={pages.buckets()} className={buttonClass('primary')}>
            {t('toBuckets')}
          </Link>
        }
      >
        {t('notFoundText')}
      </EmptyState>
    </main>
  )
}
