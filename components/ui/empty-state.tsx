import type { ReactNode } from 'react'
import { cx } from './cx'

export interface EmptyStateProps {
  icon: ReactNode
  title: ReactNode
  children?: ReactNode
  actions?: ReactNode
  className?: string
}

/** Where there is nothing yet: says what would be here and how to begin. */
export function EmptyState({ icon, title, children, actions, className }: EmptyStateProps) {
  return (
    <div className={cx('flex flex-col items-center px-6 py-16 text-center', className)}>
      <div className="rounded-dialog border-line bg-sunken text-muted grid size-12 place-items-center border [&_svg]:size-6">
        {icon}
      </div>
      <h2 className="mt-4 text-lg font-semibold">{title}</h2>
      {children && <div className="text-muted mt-1 max-w-md text-base text-pretty">{children}</div>}
      {actions && <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  )
}
