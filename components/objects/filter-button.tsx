'use client'
import { ListFilter } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Button } from '@/components/ui/button'
import type { ObjectFilter } from '@/lib/console/object-filter'

export interface FilterButtonProps {
  filter: ObjectFilter
  open: boolean
  onClick: () => void
}

/** Opens the filter, and says how many conditions it has. */
export function FilterButton({ filter, open, onClick }: FilterButtonProps) {
  const t = useTranslations('filter')
  const count = Object.keys(filter).length
  return (
    <Button aria-expanded={open} onClick={onClick}>
      <ListFilter aria-hidden />
      {t('open')}
      {count > 0 && <span className="text-accent-ink tabular-nums">({count})</span>}
    </Button>
  )
}
