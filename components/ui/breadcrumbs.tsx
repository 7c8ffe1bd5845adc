import { ChevronRight } from 'lucide-react'
import { Fragment, type ReactNode } from 'react'

/** `items` are links but for the last, which is where one is. */
export function Breadcrumbs({ label, items }: { label: string; items: { key: string; node: ReactNode }[] }) {
  return (
    <nav aria-label={label} className="min-w-0">
      <ol className="text-muted flex flex-wrap items-center gap-x-1 gap-y-0.5 text-sm">
        {items.map((item, index) => (
          <Fragment key={item.key}>
            {index > 0 && (
              <li aria-hidden>
                <ChevronRight className="text-faint size-3.5" />
              </li>
            )}
            <li
              aria-current={index === items.length - 1 ? 'page' : undefined}
              className="aria-[current=page]:text-ink [&_a:hover]:text-ink max-w-72 truncate rounded-xs [&_a]:rounded-xs [&_a:hover]:underline"
            >
              {item.node}
            </li>
          </Fragment>
        ))}
      </ol>
    </nav>
  )
}
