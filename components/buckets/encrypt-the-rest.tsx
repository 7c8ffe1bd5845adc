'use client'
import { useTranslations } from 'next-intl'
import { ModifyEncryptionButton } from '@/components/jobs/modify-encryption-button'
import { Link } from '@/components/shell/link'
import { buttonClass } from '@/components/ui/button-class'
import { Notice } from '@/components/ui/notice'
import { everyVersion } from '@/lib/console/object-filter'
import { pages } from '@/lib/console/paths'
import type { Bucket } from '@/lib/console/schemas'

/** Right after encryption was switched on: what was here before is still plaintext, which nobody should overlook. */
export function EncryptTheRest({
  bucket: { name, encryption, plaintextObjects: count, versioning },
}: {
  bucket: Bucket
}) {
  const t = useTranslations('coverage')
  const plaintext = { modes: ['none' as const], ...everyVersion({ versioning }) }
  if (encryption.kind === 'none' || count === 0) return null
  return (
    <Notice
      live
      tone="warning"
      title={t('restTitle', { count })}
      actions={
        <>
          <ModifyEncryptionButton
            size="sm"
            selection={{ kind: 'filter', bucket: name, ...plaintext }}
            target={encryption}
          >
            {t('encryptRest')}
          </ModifyEncryptionButton>
          <Link href={pages.bucket(name, undefined, plaintext)} className={buttonClass('secondary', 'sm')}>
            {t('show')}
          </Link>
        </>
      }
    >
      {t('restText')}
    </Notice>
  )
}
