import { cx } from './cx'

export type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger' | 'danger-quiet'
export type ButtonSize = 'md' | 'sm' | 'icon' | 'icon-sm'

const base =
  'relative inline-flex shrink-0 items-center justify-center gap-2 rounded-control font-medium whitespace-nowrap select-none transition-colors disabled:cursor-not-allowed disabled:opacity-50 data-disabled:cursor-not-allowed data-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0'

const variants: Record<ButtonVariant, string> = {
  primary: 'bg-accent text-on-accent hover:not-data-disabled:bg-accent-hover',
  secondary:
    'border border-line-strong bg-surface text-ink hover:not-data-disabled:bg-hover data-popup-open:bg-hover',
  quiet:
    'text-muted hover:not-data-disabled:bg-hover hover:not-data-disabled:text-ink data-popup-open:bg-hover data-popup-open:text-ink',
  danger: 'bg-danger text-on-danger hover:not-data-disabled:bg-danger-hover',
  'danger-quiet': 'text-danger-ink hover:not-data-disabled:bg-danger-soft',
}

const sizes: Record<ButtonSize, string> = {
  md: 'h-9 px-3.5 text-sm',
  sm: 'h-7 px-2.5 text-sm',
  icon: 'size-9',
  'icon-sm': 'size-7',
}

/** The look of a button, for links that act as one. */
export function buttonClass(variant: ButtonVariant = 'secondary', size: ButtonSize = 'md'): string {
  return cx(base, variants[variant], sizes[size])
}
