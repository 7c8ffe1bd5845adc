'use client'
import { Select as BaseSelect } from '@base-ui/react/select'
import { Check, ChevronsUpDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './cx'

export interface SelectOption<V extends string> {
  value: V
  label: string
  description?: ReactNode
}

export interface SelectProps<V extends string> {
  value: V
  onChange: (value: V) => void
  options: SelectOption<V>[]
  /** accessible name, when no Field.Label names it */
  label?: string
  disabled?: boolean
  size?: 'md' | 'sm'
  className?: string
}

export function Select<V extends string>({
  value,
  onChange,
  options,
  label,
  disabled,
  size = 'md',
  className,
}: SelectProps<V>) {
  return (
    <BaseSelect.Root
      items={options}
      value={value}
      onValueChange={(next) => next !== null && onChange(next)}
      disabled={disabled}
    >
      <BaseSelect.Trigger
        aria-label={label}
        className={cx(
          'rounded-control border-line-strong bg-surface hover:not-data-disabled:bg-hover flex min-w-0 items-center justify-between gap-2 border text-left text-sm transition-colors select-none data-disabled:cursor-not-allowed data-disabled:opacity-50',
          size === 'md' ? 'h-9 px-3' : 'h-7 px-2',
          className,
        )}
      >
        <BaseSelect.Value className="truncate" />
        <BaseSelect.Icon className="text-faint">
          <ChevronsUpDown aria-hidden className="size-3.5" />
        </BaseSelect.Icon>
      </BaseSelect.Trigger>
      <BaseSelect.Portal>
        <BaseSelect.Positioner sideOffset={6} alignItemWithTrigger={false} className="z-50 outline-none">
          <BaseSelect.Popup className="appear rounded-card border-line bg-raised shadow-raised max-h-(--available-height) max-w-[calc(100vw-2rem)] min-w-(--anchor-width) origin-(--transform-origin) overflow-y-auto border p-1 outline-none">
            {options.map((option) => (
              <BaseSelect.Item
                key={option.value}
                value={option.value}
                className="rounded-control data-highlighted:bg-hover grid grid-cols-[1fr_1rem] items-center gap-x-3 px-2.5 py-1.5 text-sm outline-none select-none"
              >
                <BaseSelect.ItemText>{option.label}</BaseSelect.ItemText>
                <BaseSelect.ItemIndicator>
                  <Check aria-hidden className="text-accent-ink size-4" />
                </BaseSelect.ItemIndicator>
                {option.description && (
                  <span className="text-muted col-start-1 text-xs">{option.description}</span>
                )}
              </BaseSelect.Item>
            ))}
          </BaseSelect.Popup>
        </BaseSelect.Positioner>
      </BaseSelect.Portal>
    </BaseSelect.Root>
  )
}
