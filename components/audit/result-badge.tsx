'use client'
import { CircleCheck, OctagonX } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Badge } from '@/components/ui/badge'

/** A refusal keeps its code: it is what one searches for. */
export function ResultBadge({ result, shrinks }: { result: string; shrinks?: boolean }) {
  const t = useTranslations('audit')
  if (result === 'Success') {
    return (
      <Badge tone="neutral" icon={<CircleCheck aria-hidden className="text-accent-ink" />} shrinks={shrinks}>
        {t('success')}
      </Badge>
    )
  }
  return (
    <Badge tone="danger" icon={<OctagonX aria-hidden />} shrinks={shrinks}>
      {result}
    </Badge>
  )
}
