'use client'
import { TriangleAlert } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'

/** A page that broke. What broke it is in the server's log under the digest. */
export default function ErrorPage({
  error,
  reset,
}: {
  error: Error & { digest?: string }
  reset: () => void
}) {
  const t = useTranslations()
  return (
    <main className="grid min-h-dvh place-items-center">
      <EmptyState
        whole
        icon={<TriangleAlert aria-hidden />}
        title={t('pages.broken')}
        actions={
          <Button variant="primary" onClick={reset}>
            {t('common.tryAgain')}
          </Button>
        }
      >
        {t('pages.brokenText')}
        {error.digest && (
          <p className="mt-2 font-mono text-xs">{t('errors.requestId', { id: error.digest })}</p>
        )}
      </EmptyState>
    </main>
  )
}
