import type { ComponentProps } from 'react'
import { cx } from './cx'

/**
 * Native tables with one look; rows are 44 px high, whatever they hold. Columns give way by the room that the table has
 * (`@max-2xl:hidden`), not by the window's: the navigation takes its part of that.
 */
export function Table({ className, ...rest }: ComponentProps<'table'>) {
  return (
    // relative: words for screen readers, which stand absolute, scroll with their row
    <div className="@container relative">
      <table {...rest} className={cx('w-full border-separate border-spacing-0 text-sm', className)} />
    </div>
  )
}

export function TableHead({ className, ...rest }: ComponentProps<'thead'>) {
  return <thead {...rest} className={cx('text-left', className)} />
}

export function HeaderCell({ className, ...rest }: ComponentProps<'th'>) {
  return (
    <th
      scope="col"
      {...rest}
      className={cx(
        'border-line bg-sunken text-muted h-9 border-b px-3 text-left text-xs font-medium whitespace-nowrap first:pl-4 last:pr-4',
        className,
      )}
    />
  )
}

export function Row({ className, ...rest }: ComponentProps<'tr'>) {
  return (
    <tr
      {...rest}
      className={cx('group/row hover:bg-hover aria-selected:bg-accent-soft transition-colors', className)}
    />
  )
}

export function Cell({ className, ...rest }: ComponentProps<'td'>) {
  return (
    <td
      {...rest}
      className={cx(
        'border-line h-11 border-b px-3 whitespace-nowrap group-last/row:border-b-0 first:pl-4 last:pr-4',
        className,
      )}
    />
  )
}
