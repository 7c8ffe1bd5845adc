import { cx } from './cx'

/** Stands where text will be, at the text's height. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cx('animate-shimmer bg-line block h-3.5 rounded-xs', className)} />
}
