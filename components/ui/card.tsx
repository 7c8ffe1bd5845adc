import type { ReactNode } from 'react'
import { cx } from './cx'

export function Card({ className, children }: { className?: string; children: ReactNode }) {
  return (
    <div className={cx('rounded-card border-line bg-surface shadow-card border', className)}>{children}</div>
  )
}

export interface SectionCardProps {
  /** id of the heading, which names the section */
  id: string
  title: ReactNode
  icon?: ReactNode
  description?: ReactNode
  actions?: ReactNode
  children: ReactNode
  /** the children reach the card's edges (tables, tabs) */
  flush?: boolean
}

/** A card that is a named region of the page. */
export function SectionCard({ id, title, icon, description, actions, children, flush }: SectionCardProps) {
  return (
    <section
      aria-labelledby={id}
      className="rounded-card border-line bg-surface shadow-card overflow-hidden border"
    >
      <header className="border-line flex min-h-14 flex-wrap items-center gap-x-3 gap-y-2 border-b px-4 py-3">
        <div className="min-w-0 grow basis-48">
          <h2
            id={id}
            className="[&_svg]:text-accent-ink flex items-center gap-2 font-semibold [&_svg]:size-4"
          >
            {icon}
            {title}
          </h2>
          {description && <p className="text-muted mt-0.5 text-sm">{description}</p>}
        </div>
        {actions}
      </header>
      <div className={cx(!flush && 'p-4')}>{children}</div>
    </section>
  )
}
