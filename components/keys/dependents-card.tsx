'use client'
import { Boxes } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { ModifyEncryptionButton } from '@/components/jobs/modify-encryption-button'
import { SectionCard } from '@/components/ui/card'
import type { BlastRadius } from '@/lib/console/schemas-keys'
import { RadiusFigures, RadiusTable } from './blast-radius'

/** What would be lost with the key, before anybody thinks of disabling it. */
export function DependentsCard({ keyId, radius }: { keyId: string; radius: BlastRadius }) {
  const t = useTranslations('keys.radius')
  return (
    <SectionCard
      id="key-dependents"
      title={t('title')}
      icon={<Boxes aria-hidden />}
      description={t('description')}
      flush
      actions={radius.objects > 0 && <ModifyEncryptionButton selection={{ kind: 'key', keyId }} size="sm" />}
    >
      <div className="p-4">
        <RadiusFigures radius={radius} />
      </div>
      {radius.buckets.length > 0 ? (
        <div className="border-line border-t">
          <RadiusTable radius={radius} linked />
        </div>
      ) : (
        <p className="text-muted border-line border-t px-4 py-3 text-sm">{t('none')}</p>
      )}
    </SectionCard>
  )
}
