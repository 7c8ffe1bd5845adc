import type { ReactNode } from 'react'
import { cx } from './cx'

export interface EmptyStateProps {
  icon: ReactNode
  title: ReactNode
  /** it is all that the page has: its title is the page's */
  whole?: boolean
  children?: ReactNode
  actions?: ReactNode
  className?: string
}

/** Where there is nothing yet: says what would be here and how to begin. */
export function EmptyState({ icon, title, whole, children, actions, className }: EmptyStateProps) {
  const Heading = whole ? 'h1' : 'h2'
  return (
    <div className={cx('flex flex-col items-center px-6 py-16 text-center', className)}>
      <div className="rounded-dialog border-line bg-sunken text-muted grid size-12 place-items-center border [&_svg]:size-6">
        {icon}
      </div>
      <Heading className="mt-4 text-lg font-semibold">{title}</Heading>
      {children && <div className="text-muted mt-1 max-w-md text-base text-pretty">{children}</div>}
      {actions && <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  )
}
