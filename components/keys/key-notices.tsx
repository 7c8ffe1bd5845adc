'use client'
import { useFormatter, useNow, useTranslations } from 'next-intl'
import { Notice } from '@/components/ui/notice'
import type { KeyDetail } from '@/lib/console/schemas-keys'

const DAY = 86_400_000
/** An expiry is spoken of this long before. */
const SOON = 30 * DAY

/** What somebody must know of the key's state before anything else. */
export function KeyNotices({ of: key }: { of: KeyDetail }) {
  const t = useTranslations('keys.notices')
  const format = useFormatter()
  const moment = (at: number) => format.dateTime(at, { dateStyle: 'long', timeStyle: 'short' })
  const objects = key.radius?.objects ?? 0
  switch (key.state) {
    case 'PendingDeletion':
      return (
        <Notice tone="danger" title={t('pendingDeletion', { at: moment(key.deletionAt ?? 0) })}>
          {t('pendingDeletionText', { count: objects })}
        </Notice>
      )
    case 'Disabled':
      return (
        <Notice tone="warning" title={t('disabled')}>
          {t('disabledText', { count: objects })}
        </Notice>
      )
    case 'PendingImport':
      return (
        <Notice tone="warning" title={t('pendingImport')}>
          {t('pendingImportText', { count: objects })}
        </Notice>
      )
    case 'Destroyed':
      return (
        <Notice tone="danger" title={t('destroyed')}>
          {t('destroyedText')}
        </Notice>
      )
    case 'Enabled':
      return <EnabledNotice of={key} moment={moment} />
  }
}

function EnabledNotice({ of: key, moment }: { of: KeyDetail; moment: (at: number) => string }) {
  const t = useTranslations('keys.notices')
  const format = useFormatter()
  const now = useNow()
  if (key.validTo !== undefined) {
    const soon = key.validTo - now.getTime() < SOON
    return (
      <Notice
        tone={soon ? 'warning' : 'info'}
        title={t('expires', {
          at: moment(key.validTo),
          relative: format.relativeTime(key.validTo, now),
        })}
      >
        {t('expiresText')}
      </Notice>
    )
  }
  if (!key.isDefault) return null
  return (
    <Notice tone="good" title={t('default')}>
      {t('defaultText')}
    </Notice>
  )
}
