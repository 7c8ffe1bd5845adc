'use client'
import {
  Ban,
  CircleCheck,
  CirclePause,
  CirclePlay,
  CircleX,
  Hourglass,
  ListChecks,
  MessageCircleQuestion,
  type LucideIcon,
} from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Badge, type BadgeTone } from '@/components/ui/badge'
import type { JobState } from '@/lib/console/schemas-jobs'

const LOOKS: Record<JobState, { tone: BadgeTone; Icon: LucideIcon }> = {
  Preparing: { tone: 'info', Icon: ListChecks },
  Suspended: { tone: 'warning', Icon: MessageCircleQuestion },
  Ready: { tone: 'info', Icon: Hourglass },
  Active: { tone: 'info', Icon: CirclePlay },
  Pausing: { tone: 'warning', Icon: CirclePause },
  Paused: { tone: 'warning', Icon: CirclePause },
  Cancelling: { tone: 'neutral', Icon: Ban },
  Cancelled: { tone: 'neutral', Icon: Ban },
  Complete: { tone: 'accent', Icon: CircleCheck },
  Failed: { tone: 'danger', Icon: CircleX },
}

export function JobStateBadge({ state }: { state: JobState }) {
  const t = useTranslations('jobs.states')
  const { tone, Icon } = LOOKS[state]
  return (
    <Badge tone={tone} icon={<Icon aria-hidden />}>
      {t(state)}
    </Badge>
  )
}
