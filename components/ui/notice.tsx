import { CircleAlert, Info, ShieldCheck, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './cx'

const looks = {
  info: { box: 'bg-info-soft text-info-ink', Icon: Info },
  good: { box: 'bg-accent-soft text-accent-ink', Icon: ShieldCheck },
  warning: { box: 'bg-warning-soft text-warning-ink', Icon: TriangleAlert },
  danger: { box: 'bg-danger-soft text-danger-ink', Icon: CircleAlert },
}

export interface NoticeProps {
  tone?: keyof typeof looks
  title?: ReactNode
  children?: ReactNode
  actions?: ReactNode
  /** announced at once: the answer to something just done */
  live?: boolean
  id?: string
  className?: string
}

export function Notice({ tone = 'info', title, children, actions, live, id, className }: NoticeProps) {
  const { box, Icon } = looks[tone]
  return (
    <div
      id={id}
      role={live ? (tone === 'danger' ? 'alert' : 'status') : undefined}
      className={cx('rounded-control flex gap-2.5 px-3 py-2.5 text-sm', box, className)}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 flex-1">
        {title && <p className="font-medium">{title}</p>}
        {children && <div className={cx('wrap-break-word', Boolean(title) && 'mt-0.5')}>{children}</div>}
        {actions && <div className="mt-2 flex flex-wrap gap-2">{actions}</div>}
      </div>
    </div>
  )
}
