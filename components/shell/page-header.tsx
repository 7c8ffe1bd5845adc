import type { ReactNode } from 'react'

export interface PageHeaderProps {
  title: ReactNode
  /** right of the title: what is done with it */
  beside?: ReactNode
  description?: ReactNode
  above?: ReactNode
  /** at the top right */
  aside?: ReactNode
}

export function PageHeader({ title, beside, description, above, aside }: PageHeaderProps) {
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 px-6 pt-6 pb-4">
      <div className="min-w-0 flex-1 basis-80">
        {above && <div className="mb-1.5">{above}</div>}
        <div className="flex items-start gap-1.5">
          <h1 className="min-w-0 text-2xl font-semibold tracking-tight wrap-anywhere">{title}</h1>
          {beside}
        </div>
        {description && <p className="text-muted mt-1 max-w-2xl text-base text-pretty">{description}</p>}
      </div>
      {aside}
    </header>
  )
}
