'use client'
import { useTranslations } from 'next-intl'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { useExplain } from './error-message'
import { SignInAgain } from './sign-in-again'
import { isSignedOut } from './signed-out'

/** A failure where it happened: what, what to do, and a way to try again. */
export function ErrorNotice({
  error,
  onRetry,
  className,
}: {
  error: unknown
  onRetry?: () => void
  className?: string
}) {
  const t = useTranslations()
  const { title, advice, requestId } = useExplain()(error)
  const signedOut = isSignedOut(error)
  return (
    <Notice
      tone="danger"
      live
      title={title}
      className={className}
      actions={
        (signedOut || onRetry) && (
          <>
            {signedOut && <SignInAgain />}
            {onRetry && (
              <Button size="sm" onClick={onRetry}>
                {t('common.tryAgain')}
              </Button>
            )}
          </>
        )
      }
    >
      {advice}
      {requestId && (
        <span className="mt-1 block font-mono text-xs">{t('errors.requestId', { id: requestId })}</span>
      )}
    </Notice>
  )
}
