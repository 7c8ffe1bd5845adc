'use client'
import { Crown, Eye, ScrollText, ShieldCheck, UserRound } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Badge } from '@/components/ui/badge'
import type { Role } from '@/lib/console/schemas-members'

const ICONS = {
  owner: Crown,
  administrator: ShieldCheck,
  member: UserRound,
  reader: Eye,
  auditor: ScrollText,
}

/** Owners and administrators, who decide for others, stand out. */
export function RoleBadge({ role, shrinks }: { role: Role; shrinks?: boolean }) {
  const t = useTranslations('shell.roles')
  const Icon = ICONS[role]
  return (
    <Badge
      tone={role === 'owner' || role === 'administrator' ? 'accent' : 'neutral'}
      icon={<Icon aria-hidden />}
      shrinks={shrinks}
    >
      {t(role)}
    </Badge>
  )
}
