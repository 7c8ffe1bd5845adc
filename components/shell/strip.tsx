import type { ReactNode } from 'react'
import { cx } from '@/components/ui/cx'

export interface StripProps {
  tone: 'warning' | 'danger'
  icon: ReactNode
  children: ReactNode
}

/** Words over the whole width, above every page. */
export function Strip({ tone, icon, children }: StripProps) {
  return (
    <div
      className={cx(
        'border-line flex shrink-0 items-start gap-2.5 border-b px-4 py-2 text-sm [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:shrink-0',
        tone === 'warning' ? 'bg-warning-soft text-warning-ink' : 'bg-danger-soft text-danger-ink',
      )}
    >
      {icon}
      <p className="min-w-0">{children}</p>
    </div>
  )
}
