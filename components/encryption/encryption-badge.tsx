'use client'
import { KeyRound, LockOpen, ShieldCheck, UserLock } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { bareAlias } from '@/components/keys/key-title'
import { useMe } from '@/components/shell/me'
import { Badge } from '@/components/ui/badge'
import type { EncryptionProperties, EncryptionRule } from '@/lib/console/schemas'
import { useFindKey } from './own-keys'

export interface EncryptionBadgeProps {
  encryption: EncryptionProperties
  /** in a narrow table: the icon alone */
  shrinks?: boolean | undefined
}

/** Method and key of an object: the same words and colours wherever it is shown. */
export function EncryptionBadge({ encryption, shrinks }: EncryptionBadgeProps) {
  const t = useTranslations('encryption')
  const keyName = useKeyName()
  const sm4 = encryption.mode !== 'none' && encryption.suite === 'SM4' ? ' · SM4' : ''
  switch (encryption.mode) {
    case 'none':
      return (
        <Badge icon={<LockOpen aria-hidden />} shrinks={shrinks}>
          {t('notEncrypted')}
        </Badge>
      )
    case 'service-key':
      return (
        <Badge tone="info" icon={<ShieldCheck aria-hidden />} shrinks={shrinks}>
          SSE-S3 · {t('serviceKey')}
          {sm4}
        </Badge>
      )
    case 'managed-key':
      return (
        <Badge tone="accent" icon={<KeyRound aria-hidden />} shrinks={shrinks}>
          <span title={encryption.keyId}>
            SSE-KMS · {keyName(encryption.keyId)}
            {sm4}
          </span>
        </Badge>
      )
    case 'customer-key':
      return (
        <Badge tone="warning" icon={<UserLock aria-hidden />} shrinks={shrinks}>
          SSE-C · {t('customerKey')}
          {sm4}
        </Badge>
      )
  }
}

/** A bucket's default encryption in the same dress. */
export function RuleBadge({ rule }: { rule: EncryptionRule }) {
  const t = useTranslations('encryption')
  const keyName = useKeyName()
  const sm4 = rule.kind !== 'none' && rule.suite === 'SM4' ? ' · SM4' : ''
  if (rule.kind === 'none') return <Badge icon={<LockOpen aria-hidden />}>{t('none')}</Badge>
  if (rule.kind === 'service-key') {
    return (
      <Badge tone="info" icon={<ShieldCheck aria-hidden />}>
        SSE-S3 · {t('serviceKey')}
        {sm4}
      </Badge>
    )
  }
  return (
    <Badge tone="accent" icon={<KeyRound aria-hidden />}>
      <span title={rule.keyRef}>
        SSE-KMS · {rule.keyRef ? keyName(rule.keyRef) : t('projectKey')}
        {sm4}
      </span>
    </Badge>
  )
}

/** The project's key by its role, another by its alias, or the first digits of its id. */
export function useKeyName(): (key: string) => string {
  const t = useTranslations('encryption')
  const { key: projectKey } = useMe()
  const find = useFindKey()
  return (key) => {
    if (projectKey && (key === projectKey.keyId || key === projectKey.arn)) return t('projectKey')
    const alias = find(key)?.aliases[0]
    if (alias) return bareAlias(alias)
    const id = key.slice(key.lastIndexOf('/') + 1)
    return id.length > 12 ? `${id.slice(0, 8)}…` : id
  }
}
