'use client'
import { Files } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { ModifyEncryptionButton } from '@/components/jobs/modify-encryption-button'
import { SectionCard } from '@/components/ui/card'
import { everyVersion } from '@/lib/console/object-filter'
import type { Bucket, EncryptionRule } from '@/lib/console/schemas'
import type { JobTarget } from '@/lib/console/schemas-jobs'

/** What the default encryption leaves as it is, and the job that changes it. */
export function ExistingObjectsCard({ bucket }: { bucket: Bucket }) {
  const t = useTranslations('jobs.existing')
  const { name, objects, plaintextObjects: plaintext, encryption } = bucket
  const rule = ruleTarget(encryption)
  return (
    <SectionCard
      id="bucket-existing"
      title={t('title')}
      icon={<Files aria-hidden />}
      description={t('description')}
    >
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 text-sm">
        <p>{t('facts', { objects, plaintext })}</p>
        {objects > 0 && (
          <ModifyEncryptionButton
            selection={{ kind: 'filter', bucket: name, ...everyVersion(bucket) }}
            {...(rule && { target: rule })}
          />
        )}
      </div>
    </SectionCard>
  )
}

/** What new uploads get is the first proposal for what is here; nobody means to take encryption away. */
function ruleTarget(rule: EncryptionRule): JobTarget | undefined {
  return rule.kind === 'none' ? undefined : rule
}
