'use client'
import { useFormatter, useTranslations } from 'next-intl'
import type { Damage } from '@/lib/console/schemas-proof'

export interface DamageListProps {
  damage: Damage[]
  /** places beyond those that are named */
  count: number
  /** most that are shown here */
  most?: number
}

/** What does not hold, and where. */
export function DamageList({ damage, count, most = 10 }: DamageListProps) {
  const t = useTranslations('proof')
  const shown = damage.slice(0, most)
  return (
    <ul className="flex list-disc flex-col gap-1 pl-4">
      {shown.map((each, index) => (
        <li key={index}>
          {t(`damage.${each.what}`)}
          <Place damage={each} />
        </li>
      ))}
      {count > shown.length && <li>{t('morePlaces', { count: count - shown.length })}</li>}
    </ul>
  )
}

function Place({ damage: { part, chunk, offset, blobId } }: { damage: Damage }) {
  const t = useTranslations('proof.place')
  const format = useFormatter()
  const places = [
    part !== undefined && t('part', { part }),
    chunk !== undefined && t('chunk', { chunk: format.number(chunk) }),
    offset !== undefined && t('offset', { offset: format.number(offset) }),
  ].filter((place) => place !== false)
  if (places.length === 0 && blobId === undefined) return null
  return (
    <span className="mt-0.5 block text-xs">
      {places.join(' · ')}
      {blobId !== undefined && <code className="block font-mono wrap-anywhere">{t('blob', { blobId })}</code>}
    </span>
  )
}
