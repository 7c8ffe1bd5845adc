'use client'
import { History } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { SectionCard } from '@/components/ui/card'
import type { KeyDetail } from '@/lib/console/schemas-keys'
import { TimelineItem } from './timeline-item'
import { timelineOf } from './timeline'

/** What has been done with the key, newest first. */
export function TimelineTab({ of: key }: { of: KeyDetail }) {
  const t = useTranslations('keys.timeline')
  return (
    <SectionCard
      id="key-timeline"
      title={t('title')}
      icon={<History aria-hidden />}
      description={t('description')}
    >
      <ol className="flex flex-col">
        {timelineOf(key, []).map((entry) => (
          <TimelineItem key={entry.id} of={entry} />
        ))}
      </ol>
    </SectionCard>
  )
}
