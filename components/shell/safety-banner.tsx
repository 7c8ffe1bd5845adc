'use client'
import { LifeBuoy, PlugZap } from 'lucide-react'
import { useFormatter, useTranslations } from 'next-intl'
import { usePathname } from 'next/navigation'
import { pages } from '@/lib/console/paths'
import { Link } from './link'
import { useSafety } from './safety'
import { Strip } from './strip'

/** Above every page while keys cannot be used, or could be lost: what is so since when, and where it is mended. */
export function SafetyBanner() {
  return (
    <>
      <KeyServiceAway />
      <BackupWanted />
    </>
  )
}

function KeyServiceAway() {
  const t = useTranslations('backup.keyService')
  const format = useFormatter()
  const { services } = useSafety().keyService
  return (
    <div role="status">
      {services.map(
        ({ name, awaySince }) =>
          awaySince !== undefined && (
            <Strip key={name} tone="danger" icon={<PlugZap aria-hidden />}>
              <strong className="font-semibold">
                {t('away', {
                  name,
                  since: format.dateTime(awaySince, { dateStyle: 'medium', timeStyle: 'short' }),
                })}
              </strong>{' '}
              {t('meanwhile')}
            </Strip>
          ),
      )}
    </div>
  )
}

/** On the page of backups itself it would only repeat the page. */
function BackupWanted() {
  const t = useTranslations('backup.banner')
  const { backup } = useSafety()
  const path = usePathname()
  if (backup === null || backup.state === 'verified' || path === pages.backup()) return null
  return (
    <Strip tone="warning" icon={<LifeBuoy aria-hidden />}>
      {t(backup.state, { count: backup.keysNewerThanBackup })}{' '}
      <Link href={pages.backup()} className="rounded-xs font-semibold underline underline-offset-2">
        {t(`mend.${backup.state}`)}
      </Link>
    </Strip>
  )
}
