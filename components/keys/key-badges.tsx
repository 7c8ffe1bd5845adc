'use client'
import { Ban, CircleCheck, CirclePause, Hourglass, Import, Users } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Badge, type BadgeTone } from '@/components/ui/badge'
import type { KeySpec, KeyState } from '@/lib/console/schemas-keys'

const LOOKS: Record<KeyState, { tone: BadgeTone; Icon: typeof Ban }> = {
  Enabled: { tone: 'accent', Icon: CircleCheck },
  Disabled: { tone: 'warning', Icon: CirclePause },
  PendingImport: { tone: 'info', Icon: Import },
  PendingDeletion: { tone: 'danger', Icon: Hourglass },
  Destroyed: { tone: 'neutral', Icon: Ban },
}

export const SPEC_NAMES: Record<KeySpec, string> = { AES_256: 'AES-256', SM4: 'SM4' }

export function KeyStateBadge({ state }: { state: KeyState }) {
  const t = useTranslations('keys.states')
  const { tone, Icon } = LOOKS[state]
  return (
    <Badge tone={tone} icon={<Icon aria-hidden />}>
      {t(state)}
    </Badge>
  )
}

/** The project's default key belongs to all its members. */
export function SharedBadge({ shrinks }: { shrinks?: boolean }) {
  const t = useTranslations('keys')
  return (
    <Badge tone="neutral" icon={<Users aria-hidden />} shrinks={shrinks} className="shrink-0">
      {t('shared')}
    </Badge>
  )
}
