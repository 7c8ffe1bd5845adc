'use client'
import { Vault } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Link } from '@/components/shell/link'
import { useProject } from '@/components/shell/me'
import { buttonClass } from '@/components/ui/button-class'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ApiError } from '@/lib/console/client'
import { pages } from '@/lib/console/paths'

const CODES = new Set(['KeyNotFound', 'KeyIdMalformed', 'KeyInOtherRegion'])

export function saysNoSuchKey(error: unknown): boolean {
  return error instanceof ApiError && CODES.has(error.code)
}

/** The address names a key that the project does not have. */
export function NoSuchKey({ keyId }: { keyId: string }) {
  const t = useTranslations('keys')
  const { name: project } = useProject()
  return (
    <Card>
      <EmptyState
        whole
        icon={<Vault aria-hidden />}
        title={t('notThere.title')}
        actions={
          <Link href={pages.keys()} className={buttonClass('primary')}>
            {t('title')}
          </Link>
        }
      >
        <span className="wrap-anywhere">{t('notThere.text', { id: keyId, project })}</span>
      </EmptyState>
    </Card>
  )
}
