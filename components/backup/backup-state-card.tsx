'use client'
import { useQueryClient } from '@tanstack/react-query'
import { LifeBuoy, RefreshCw } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Timestamp } from '@/components/shell/timestamp'
import { Button } from '@/components/ui/button'
import { SectionCard } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { Property, PropertyList } from '@/components/ui/property-list'
import { backupQuery } from '@/lib/console/queries/safety'
import type { BackupState } from '@/lib/console/schemas-backup'

const TONES = { never: 'danger', unverified: 'warning', stale: 'warning', verified: 'good' } as const

export function BackupStateCard({ backup }: { backup: BackupState }) {
  const t = useTranslations('backup')
  const { state, keysNewerThanBackup: count, lastBackupAt, lastVerifiedAt } = backup
  return (
    <SectionCard
      id="backup-state"
      title={t('state.title')}
      icon={<LifeBuoy aria-hidden />}
      actions={<LookAgain />}
    >
      <div className="flex flex-col gap-4">
        <Notice tone={TONES[state]} title={t(`state.${state}.title`, { count })}>
          {t(`state.${state}.text`, { count })}
        </Notice>
        <PropertyList>
          <Property label={t('lastBackup')}>
            <Moment at={lastBackupAt} />
          </Property>
          <Property label={t('lastVerified')}>
            <Moment at={lastVerifiedAt} />
          </Property>
          <Property label={t('newer')}>
            <span className="tabular-nums">{t('versions', { count })}</span>
          </Property>
        </PropertyList>
      </div>
    </SectionCard>
  )
}

function Moment({ at }: { at: number | undefined }) {
  const t = useTranslations('backup')
  return at === undefined ? t('never') : <Timestamp at={at} />
}

function LookAgain() {
  const t = useTranslations('backup')
  const queryClient = useQueryClient()
  const [busy, setBusy] = useState(false)
  const look = async () => {
    setBusy(true)
    await queryClient.refetchQueries({ queryKey: backupQuery().queryKey })
    setBusy(false)
  }
  return (
    <Button size="sm" busy={busy} onClick={() => void look()}>
      <RefreshCw aria-hidden />
      {t('lookAgain')}
    </Button>
  )
}
