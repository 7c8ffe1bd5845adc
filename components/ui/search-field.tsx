'use client'
import { Search, X } from 'lucide-react'
import { cx } from './cx'
import { inputClass } from './field'

export interface SearchFieldProps {
  value: string
  onChange: (value: string) => void
  label: string
  placeholder: string
  clearLabel: string
  className?: string
}

export function SearchField({
  value,
  onChange,
  label,
  placeholder,
  clearLabel,
  className,
}: SearchFieldProps) {
  return (
    <div role="search" className={cx('relative', className)}>
      <Search aria-hidden className="text-faint pointer-events-none absolute top-2.5 left-2.5 size-4" />
      <input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && value && (event.stopPropagation(), onChange(''))}
        autoComplete="off"
        spellCheck={false}
        className={cx(inputClass, 'px-8.5 [&::-webkit-search-cancel-button]:hidden')}
      />
      {value && (
        <button
          type="button"
          aria-label={clearLabel}
          onClick={() => onChange('')}
          className="text-faint hover:bg-hover hover:text-ink absolute top-1.5 right-1.5 grid size-6 place-items-center rounded-xs"
        >
          <X aria-hidden className="size-3.5" />
        </button>
      )}
    </div>
  )
}
