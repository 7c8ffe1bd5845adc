'use client'
import { X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useFilterWords } from '@/components/jobs/use-selection-words'
import { Button } from '@/components/ui/button'
import type { ObjectFilter } from '@/lib/console/object-filter'

export interface FilterChipsProps {
  filter: ObjectFilter
  onChange: (filter: ObjectFilter) => void
}

/** What narrows the list now, each condition with a button that drops it. */
export function FilterChips({ filter, onChange }: FilterChipsProps) {
  const t = useTranslations('filter')
  const words = useFilterWords()
  const names = Object.keys(filter) as (keyof ObjectFilter)[]
  if (names.length === 0) return null
  const without = (name: keyof ObjectFilter): ObjectFilter => {
    // a version means nothing without its key
    const dropped = name === 'keyId' ? [name, 'keyVersionBelow'] : [name]
    return Object.fromEntries(Object.entries(filter).filter(([each]) => !dropped.includes(each)))
  }
  return (
    <ul aria-label={t('active')} className="flex flex-wrap items-center gap-2">
      {names.map((name) => {
        const [phrase = name] = words({ [name]: filter[name] })
        return (
          <li
            key={name}
            className="bg-accent-soft text-accent-ink rounded-control flex h-7 max-w-full items-center gap-1 pr-1 pl-2.5 text-sm"
          >
            <span className="truncate">{phrase}</span>
            <button
              type="button"
              aria-label={t('remove', { condition: phrase })}
              onClick={() => onChange(without(name))}
              className="hover:bg-hover grid size-5 shrink-0 place-items-center rounded-xs"
            >
              <X aria-hidden className="size-3.5" />
            </button>
          </li>
        )
      })}
      {names.length > 1 && (
        <li>
          <Button variant="quiet" size="sm" onClick={() => onChange({})}>
            {t('clear')}
          </Button>
        </li>
      )}
    </ul>
  )
}
