'use client'
import { Checkbox as BaseCheckbox } from '@base-ui/react/checkbox'
import { Check, Minus } from 'lucide-react'
import { cx } from './cx'

export interface CheckboxProps {
  checked: boolean
  indeterminate?: boolean
  onChange: (checked: boolean, shiftKey: boolean) => void
  /** it shows what is so and cannot be changed here */
  readOnly?: boolean
  disabled?: boolean
  id?: string
  'aria-label'?: string
  'aria-labelledby'?: string
  'aria-describedby'?: string
}

export function Checkbox({ checked, indeterminate, onChange, readOnly, disabled, ...names }: CheckboxProps) {
  return (
    <BaseCheckbox.Root
      {...names}
      checked={checked}
      indeterminate={indeterminate}
      readOnly={readOnly}
      disabled={disabled}
      onCheckedChange={(next, details) =>
        onChange(next, 'shiftKey' in details.event && Boolean(details.event.shiftKey))
      }
      className={cx(
        'border-line-strong bg-surface text-on-accent flex size-4.5 shrink-0 items-center justify-center rounded-xs border transition-colors',
        'hover:not-data-disabled:not-data-readonly:border-accent data-checked:border-accent data-checked:bg-accent data-indeterminate:border-accent data-indeterminate:bg-accent',
        'data-disabled:opacity-50 data-readonly:cursor-default data-readonly:opacity-70',
      )}
    >
      <BaseCheckbox.Indicator className="flex data-unchecked:hidden">
        {indeterminate ? (
          <Minus aria-hidden className="size-3.5" />
        ) : (
          <Check aria-hidden className="size-3.5" strokeWidth={3} />
        )}
      </BaseCheckbox.Indicator>
    </BaseCheckbox.Root>
  )
}
