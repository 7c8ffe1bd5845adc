'use client'
import { ShieldCheck, ShieldOff } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { CIPHERS } from '@/components/encryption/suites'
import { EncryptionBadge } from '@/components/encryption/encryption-badge'
import { Link } from '@/components/shell/link'
import { useMe } from '@/components/shell/me'
import { Timestamp } from '@/components/shell/timestamp'
import { SectionCard } from '@/components/ui/card'
import { CopyButton } from '@/components/ui/copy-button'
import { Notice } from '@/components/ui/notice'
import { Mono, Property, PropertyList } from '@/components/ui/property-list'
import { pages } from '@/lib/console/paths'
import type { EncryptionProperties, ObjectInfo } from '@/lib/console/schemas'

type Managed = Extract<EncryptionProperties, { mode: 'managed-key' }>

/** How the file lies on the disk: method, algorithm, key, context, when. */
export function EncryptionPropertiesCard({ object }: { object: ObjectInfo }) {
  const t = useTranslations('encryption')
  const { encryption } = object
  const plain = encryption.mode === 'none'
  return (
    <SectionCard
      id="encryption-properties"
      title={t('properties')}
      icon={plain ? <ShieldOff aria-hidden className="text-faint!" /> : <ShieldCheck aria-hidden />}
      actions={<EncryptionBadge encryption={encryption} />}
    >
      <Verdict object={object} />
      <div className="mt-4">
        <PropertyList>
          <Property label={t('method')}>{t(`methods.${encryption.mode}`)}</Property>
          {!plain && <Property label={t('algorithm')}>{CIPHERS[encryption.suite]}</Property>}
          {encryption.mode === 'managed-key' && (
            <ManagedKey encryption={encryption} aliases={object.keyAliases} />
          )}
          {encryption.mode === 'service-key' && (
            <Property label={t('keyVersion')}>{encryption.keyVersion}</Property>
          )}
          {!plain && (
            <Property label={t('encryptedAt')}>
              <Timestamp at={encryption.encryptedAt} />
            </Property>
          )}
        </PropertyList>
      </div>
    </SectionCard>
  )
}

function Verdict({ object: { encryption, withoutKey } }: { object: ObjectInfo }) {
  const t = useTranslations('encryption')
  if (encryption.mode === 'none') {
    return (
      <Notice tone="warning" title={t('plaintextTitle')}>
        {t('plaintextText')}
      </Notice>
    )
  }
  if (encryption.mode === 'customer-key') {
    return (
      <Notice tone="warning" title={t('customerKeyTitle')}>
        {t('customerKeyText')}
      </Notice>
    )
  }
  if (withoutKey) {
    return (
      <Notice tone="warning" title={t('keyUnusableTitle')}>
        {t('keyUnusableText')}
      </Notice>
    )
  }
  return (
    <Notice tone="good" title={t('encryptedTitle')}>
      {t('encryptedText')}
    </Notice>
  )
}

function ManagedKey({ encryption, aliases }: { encryption: Managed; aliases: string[] }) {
  const t = useTranslations()
  const { key } = useMe()
  return (
    <>
      <Property label={t('encryption.keyId')}>
        <Copyable text={encryption.keyId} label={t('encryption.copyKeyId')} />
        {key?.keyId === encryption.keyId && (
          <p className="text-muted text-xs">{t('encryption.isProjectKey')}</p>
        )}
      </Property>
      {aliases.length > 0 && (
        <Property label={t('encryption.alias')}>
          <Link href={pages.key(encryption.keyId)} className="text-accent-ink rounded-xs hover:underline">
            <Mono>{aliases.join(', ')}</Mono>
          </Link>
        </Property>
      )}
      <Property label={t('encryption.keyArn')}>
        <Copyable text={encryption.keyArn} label={t('encryption.copyKeyArn')} />
      </Property>
      <Property label={t('encryption.keyVersion')}>{encryption.keyVersion}</Property>
      <Property label={t('encryption.context')}>
        <Context context={encryption.context} />
      </Property>
    </>
  )
}

function Context({ context }: { context: Record<string, string> }) {
  const t = useTranslations('encryption')
  const pairs = Object.entries(context)
  if (pairs.length === 0) return <span className="text-muted">{t('noContext')}</span>
  return (
    <ul>
      {pairs.map(([name, value]) => (
        <li key={name}>
          <Mono>
            {name} = {value}
          </Mono>
        </li>
      ))}
    </ul>
  )
}

export function Copyable({ text, label }: { text: string; label: string }) {
  const t = useTranslations('common')
  return (
    <span className="flex items-start gap-1.5">
      <Mono>{text}</Mono>
      <CopyButton text={text} label={label} copiedLabel={t('copied')} className="-my-1" />
    </span>
  )
}
