'use client'
import { KeyRound } from 'lucide-react'
import { useFormatter, useTranslations } from 'next-intl'
import { Copyable } from '@/components/objects/encryption-properties'
import { Timestamp } from '@/components/shell/timestamp'
import { SectionCard } from '@/components/ui/card'
import { Mono, Property, PropertyList } from '@/components/ui/property-list'
import type { KeyDetail } from '@/lib/console/schemas-keys'
import { AliasesField } from './aliases-field'
import { DescriptionField } from './description-field'
import { SPEC_NAMES } from './key-badges'

/** Names of the key for every use: the id and the ARN that clients send, and what people call it. */
export function SummaryCard({ of: key }: { of: KeyDetail }) {
  const t = useTranslations('keys')
  return (
    <SectionCard id="key-summary" title={t('summary')} icon={<KeyRound aria-hidden />}>
      {/* a key id shall stand on one line */}
      <div className="[&_dl>div]:sm:grid-cols-[8.5rem_1fr]">
        <PropertyList>
          <Property label={t('keyId')}>
            <Copyable text={key.keyId} label={t('copyId')} />
          </Property>
          <Property label={t('arn')}>
            <Copyable text={key.arn} label={t('copyArn')} />
          </Property>
          <Property label={t('aliases')}>
            <AliasesField of={key} />
          </Property>
          <Property label={t('descriptionLabel')}>
            <DescriptionField of={key} />
          </Property>
          <Property label={t('columns.spec')}>{SPEC_NAMES[key.spec]}</Property>
          <Property label={t('columns.origin')}>
            {t(`origins.${key.origin}`)}
            {key.validTo !== undefined && (
              <span className="text-muted block text-xs">
                {t('validTo')} <Timestamp at={key.validTo} />
              </span>
            )}
          </Property>
          <Property label={t('rotation')}>
            <RotationSummary of={key} />
          </Property>
          <Property label={t('provider')}>
            {key.provider === 'embedded' ? t('embedded') : <Mono>{key.provider}</Mono>}
          </Property>
          <Property label={t('region')}>
            <Mono>{key.region}</Mono>
          </Property>
          <Property label={t('createdAt')}>
            <Timestamp at={key.createdAt} />
          </Property>
        </PropertyList>
      </div>
    </SectionCard>
  )
}

function RotationSummary({ of: { rotation, origin } }: { of: KeyDetail }) {
  const t = useTranslations('keys')
  const format = useFormatter()
  if (origin === 'EXTERNAL') return t('importedDoesNotRotate')
  if (!rotation) return t('hidden')
  if (!rotation.enabled) return t('notByPeriod')
  return (
    <>
      {t('everyDays', { days: rotation.periodDays ?? 0 })}
      {rotation.nextAt !== undefined && (
        <span className="text-muted block text-xs">
          {t('nextRotationAt', { day: format.dateTime(rotation.nextAt, { dateStyle: 'long' }) })}
        </span>
      )}
    </>
  )
}
