'use client'
import { useTranslations } from 'next-intl'
import { Timestamp } from '@/components/shell/timestamp'
import { Notice } from '@/components/ui/notice'
import type { Finding } from '@/lib/console/schemas-proof'
import { DamageList } from './damage-list'

/** Damage that an earlier check found, and what to do about it. */
export function FindingNotice({ finding }: { finding: Finding }) {
  const t = useTranslations('proof')
  return (
    <Notice tone="danger" title={t('found.title')}>
      <p className="mb-1.5">
        {t.rich('found.since', { moment: () => <Timestamp at={finding.firstSeen} /> })}
      </p>
      <DamageList damage={finding.damage} count={finding.damageCount} />
      <Mend />
    </Notice>
  )
}

export function Mend() {
  const t = useTranslations('proof.mend')
  return (
    <div className="mt-2">
      <p className="font-medium">{t('title')}</p>
      <ol className="mt-0.5 list-decimal pl-4">
        <li>{t('stop')}</li>
        <li>{t('restore')}</li>
        <li>{t('disk')}</li>
      </ol>
    </div>
  )
}
