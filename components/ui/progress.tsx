'use client'
import { Progress as BaseProgress } from '@base-ui/react/progress'
import { cx } from './cx'

export interface ProgressProps {
  /** 0…100, or null when unknown */
  value: number | null
  label: string
  tone?: 'accent' | 'danger'
  className?: string
}

export function Progress({ value, label, tone = 'accent', className }: ProgressProps) {
  return (
    <BaseProgress.Root value={value} aria-label={label} className={className}>
      <BaseProgress.Track className="bg-line h-1.5 overflow-hidden rounded-full">
        <BaseProgress.Indicator
          className={cx(
            'data-indeterminate:animate-shimmer h-full rounded-full transition-[width] duration-180 data-indeterminate:w-1/3',
            tone === 'accent' ? 'bg-accent' : 'bg-danger',
          )}
        />
      </BaseProgress.Track>
    </BaseProgress.Root>
  )
}
