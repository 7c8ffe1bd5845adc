'use client'
import { KeyRound, LockOpen, RefreshCw, ShieldCheck, Undo2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useKeyName } from '@/components/encryption/encryption-badge'
import { useMe } from '@/components/shell/me'
import { Badge } from '@/components/ui/badge'
import type { JobTarget, ShownTarget } from '@/lib/console/schemas-jobs'

/** To what a job changes: in the dress that objects of that method wear in lists. */
export function TargetBadge({ target }: { target: JobTarget | ShownTarget }) {
  const words = useTargetWords()(target)
  switch (target.kind) {
    case 'none':
      return <Badge icon={<LockOpen aria-hidden />}>{words}</Badge>
    case 'service-key':
      return (
        <Badge tone="info" icon={<ShieldCheck aria-hidden />}>
          {words}
        </Badge>
      )
    case 'managed-key':
      return (
        <Badge tone="accent" icon={<KeyRound aria-hidden />}>
          {words}
        </Badge>
      )
    case 'newest-version':
      return (
        <Badge tone="accent" icon={<RefreshCw aria-hidden />}>
          {words}
        </Badge>
      )
    case 'previous':
      return <Badge icon={<Undo2 aria-hidden />}>{words}</Badge>
  }
}

/** The same without a dress. */
export function useTargetWords(): (target: JobTarget | ShownTarget) => string {
  const t = useTranslations()
  const keyName = useKeyName()
  const { key: projectKey } = useMe()
  return (target) => {
    const sm4 = 'suite' in target && target.suite === 'SM4' ? ' · SM4' : ''
    switch (target.kind) {
      case 'none':
        return t('encryption.notEncrypted')
      case 'service-key':
        return `SSE-S3 · ${t('encryption.serviceKey')}${sm4}`
      case 'managed-key': {
        const key = 'keyId' in target ? target.keyId : (target.keyRef ?? projectKey?.keyId)
        return `SSE-KMS · ${key === undefined ? t('encryption.projectKey') : keyName(key)}${sm4}`
      }
      case 'newest-version':
      case 'previous':
        return t(`jobs.targets.${target.kind}`)
    }
  }
}
