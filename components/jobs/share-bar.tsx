import { cx } from '@/components/ui/cx'
import type { JobOutcome } from '@/lib/console/schemas-jobs'

/** The kinds of outcome, planned or reached: the same colours wherever a job is shown. */
export type Share = JobOutcome

export const SHARE_COLOURS: Record<Share, string> = {
  rewrapped: 'bg-accent',
  rewritten: 'bg-info-ink',
  unchanged: 'bg-line-strong',
  failed: 'bg-danger',
}

export interface ShareBarProps {
  label: string
  parts: { share: Share; value: number }[]
  className?: string
}

/** How a whole divides into kinds. The figures stand beside it in words; this only shows the proportion. */
export function ShareBar({ label, parts, className }: ShareBarProps) {
  const total = parts.reduce((sum, { value }) => sum + value, 0)
  return (
    <div
      role="img"
      aria-label={label}
      className={cx('bg-line flex h-2 gap-px overflow-hidden rounded-full', className)}
    >
      {parts
        .filter(({ value }) => value > 0)
        .map(({ share, value }) => (
          <span
            key={share}
            className={`${SHARE_COLOURS[share]} min-w-1`}
            style={{ width: `${(100 * value) / total}%` }}
          />
        ))}
    </div>
  )
}
