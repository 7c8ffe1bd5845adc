'use client'
import { Field as BaseField } from '@base-ui/react/field'
import { CircleAlert } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { cx } from './cx'

export interface FieldProps {
  label: ReactNode
  hint?: ReactNode
  error?: ReactNode
  optional?: ReactNode
  children: ReactNode
  className?: string
}

/** Label, control, then hint and error beneath, tied together for assistive technology. */
export function Field({ label, hint, error, optional, children, className }: FieldProps) {
  return (
    <BaseField.Root invalid={Boolean(error)} className={cx('flex flex-col gap-1.5', className)}>
      <div className="flex items-baseline justify-between gap-2">
        <BaseField.Label className="text-sm font-medium">{label}</BaseField.Label>
        {optional && <span className="text-faint text-xs">{optional}</span>}
      </div>
      {children}
      {error && (
        <BaseField.Error match className="text-danger-ink flex items-start gap-1.5 text-xs">
          <CircleAlert aria-hidden className="mt-px size-3.5 shrink-0" />
          <span>{error}</span>
        </BaseField.Error>
      )}
      {hint && <BaseField.Description className="text-muted text-xs">{hint}</BaseField.Description>}
    </BaseField.Root>
  )
}

export const inputClass =
  'h-9 w-full min-w-0 rounded-control border border-line-strong bg-surface px-3 text-sm text-ink transition-colors placeholder:text-faint focus:border-accent focus:outline-2 focus:-outline-offset-1 focus:outline-accent disabled:opacity-50 aria-invalid:border-danger aria-invalid:focus:outline-danger data-invalid:border-danger data-invalid:focus:outline-danger'

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <BaseField.Control {...rest} className={cx(inputClass, className)} />
}
