'use client'
import { History } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Badge } from '@/components/ui/badge'

/** Letters of a version's id that tell it from the others of its key. */
const SHOWN = 8

/** A version's id as far as lists show it. */
export function shortVersionId(versionId: string): string {
  return versionId.length > SHOWN ? `${versionId.slice(0, SHOWN)}…` : versionId
}

/** That something newer, or a deletion, lies above it; with the id, where one must tell them apart. */
export function OlderVersionBadge({ versionId }: { versionId?: string | undefined }) {
  const t = useTranslations('objects')
  return (
    <Badge icon={<History aria-hidden />} shrinks className="shrink-0">
      {t('olderVersion')}
      {versionId !== undefined && (
        <span className="ml-1.5 font-mono" title={versionId}>
          {shortVersionId(versionId)}
        </span>
      )}
    </Badge>
  )
}
