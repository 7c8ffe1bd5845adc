import type { ReactNode } from 'react'
import { cx } from './cx'

export type BadgeTone = 'accent' | 'info' | 'warning' | 'danger' | 'neutral'

const tones: Record<BadgeTone, string> = {
  accent: 'bg-accent-soft text-accent-ink',
  info: 'bg-info-soft text-info-ink',
  warning: 'bg-warning-soft text-warning-ink',
  danger: 'bg-danger-soft text-danger-ink',
  neutral: 'bg-sunken text-muted',
}

export interface BadgeProps {
  tone?: BadgeTone
  icon?: ReactNode
  children: ReactNode
  /** where its table is narrow the icon stands alone, and the words are for screen readers */
  shrinks?: boolean | undefined
  className?: string
}

export function Badge({ tone = 'neutral', icon, children, shrinks, className }: BadgeProps) {
  return (
    <span
      className={cx(
        'rounded-control inline-flex h-6 max-w-full items-center gap-1.5 px-2 text-xs font-medium whitespace-nowrap [&_svg]:size-3.5 [&_svg]:shrink-0',
        tones[tone],
        shrinks && '@max-md:px-1.25',
        className,
      )}
    >
      {icon}
      <span className={cx('truncate', shrinks && '@max-md:sr-only')}>{children}</span>
    </span>
  )
}
