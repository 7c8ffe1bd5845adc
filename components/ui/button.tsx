'use client'
import { Button as BaseButton } from '@base-ui/react/button'
import type { ReactNode } from 'react'
import { buttonClass, type ButtonSize, type ButtonVariant } from './button-class'
import { cx } from './cx'
import { Spinner } from './spinner'

export interface ButtonProps extends Omit<BaseButton.Props, 'className'> {
  variant?: ButtonVariant
  size?: ButtonSize
  /** shows a spinner in place of the label, whose width stays; the button keeps its focus and ignores clicks */
  busy?: boolean
  className?: string
  children?: ReactNode
}

export function Button({
  variant = 'secondary',
  size = 'md',
  busy = false,
  disabled,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <BaseButton
      type="button"
      {...rest}
      disabled={disabled || busy}
      focusableWhenDisabled={busy}
      aria-busy={busy || undefined}
      className={cx(buttonClass(variant, size), className)}
    >
      {busy && <Spinner className="absolute" />}
      <span className={cx('inline-flex min-w-0 items-center gap-2', busy && 'opacity-0')}>{children}</span>
    </BaseButton>
  )
}
