'use client'
import { Menu as BaseMenu } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { cx } from './cx'

export interface MenuProps {
  /** the element that opens the menu: a button */
  trigger: ReactElement
  align?: 'start' | 'center' | 'end'
  children: ReactNode
}

export function Menu({ trigger, align = 'end', children }: MenuProps) {
  return (
    <BaseMenu.Root>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={6} align={align} className="z-50 outline-none">
          <BaseMenu.Popup className="appear rounded-card border-line bg-raised shadow-raised max-h-(--available-height) min-w-48 origin-(--transform-origin) overflow-y-auto border p-1 outline-none">
            {children}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  )
}

const item =
  'flex min-h-8 items-center gap-2.5 rounded-control px-2.5 py-1.5 text-sm outline-none select-none data-disabled:cursor-not-allowed data-disabled:opacity-50 data-highlighted:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-faint'

export interface MenuItemProps {
  icon?: ReactNode
  danger?: boolean
  disabled?: boolean
  onClick?: () => void
  children: ReactNode
}

export function MenuItem({ icon, danger, disabled, onClick, children }: MenuItemProps) {
  return (
    <BaseMenu.Item
      disabled={disabled}
      onClick={onClick}
      className={cx(
        item,
        danger && 'text-danger-ink data-highlighted:bg-danger-soft [&_svg]:text-danger-ink',
      )}
    >
      {icon}
      {children}
    </BaseMenu.Item>
  )
}

/** A menu item that is a link: `render` brings the router's own link element. */
export function MenuLink({
  icon,
  render,
  children,
}: {
  icon?: ReactNode
  render: ReactElement
  children: ReactNode
}) {
  return (
    <BaseMenu.LinkItem render={render} closeOnClick className={item}>
      {icon}
      {children}
    </BaseMenu.LinkItem>
  )
}

export interface MenuChoiceProps<V extends string> {
  value: V
  onChange: (value: V) => void
  options: { value: V; label: ReactNode; icon?: ReactNode; lang?: string }[]
}

/** One of several: a radio group inside a menu. */
export function MenuChoice<V extends string>({ value, onChange, options }: MenuChoiceProps<V>) {
  return (
    <BaseMenu.RadioGroup value={value} onValueChange={(next) => onChange(next as V)}>
      {options.map((option) => (
        <BaseMenu.RadioItem
          key={option.value}
          value={option.value}
          closeOnClick
          className={item}
          lang={option.lang}
        >
          {option.icon}
          <span className="flex-1">{option.label}</span>
          <BaseMenu.RadioItemIndicator className="ml-3">
            <Check aria-hidden className="text-accent-ink!" />
          </BaseMenu.RadioItemIndicator>
        </BaseMenu.RadioItem>
      ))}
    </BaseMenu.RadioGroup>
  )
}

export function MenuSeparator() {
  return <BaseMenu.Separator className="bg-line mx-1 my-1 h-px" />
}

/** Text in a menu that cannot be chosen. */
export function MenuHeading({ children }: { children: ReactNode }) {
  return <div className="text-faint px-2.5 pt-2 pb-1.5 text-xs">{children}</div>
}
