'use client'
import { Dialog as BaseDialog } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { createContext, memo, useContext, useEffect, useRef, useState, type ReactNode } from 'react'
import { buttonClass } from './button-class'
import { cx } from './cx'

const widths = { sm: 'max-w-md', md: 'max-w-lg', lg: 'max-w-3xl' }

export interface DialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: ReactNode
  description?: ReactNode
  /** accessible name of the cross */
  closeLabel: string
  width?: keyof typeof widths
  /** a click beside the dialog does not close it; so it is with every form, whose input would be lost */
  sticky?: boolean
  /** only a button of its own closes it: what it shows is shown this once */
  held?: boolean
  /** a decision is asked for: announced as an alert dialog */
  alert?: boolean
  children: ReactNode
}

const HoldContext = createContext<(held: boolean) => void>(() => {})

/** While `held`, the dialog around it does not close: what was asked for is being done. */
export function useHeldOpen(held: boolean): void {
  const hold = useContext(HoldContext)
  useEffect(() => {
    if (!held) return
    hold(true)
    return () => hold(false)
  }, [held, hold])
}

/** A modal dialog: header, body that scrolls, and whatever `DialogFooter` its children bring. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  closeLabel,
  width = 'md',
  sticky,
  held,
  alert,
  children,
}: DialogProps) {
  const popup = useRef<HTMLDivElement>(null)
  const [busy, setBusy] = useState(false)
  return (
    <BaseDialog.Root
      open={open}
      onOpenChange={(next, { reason }) => {
        const beside = reason === 'outside-press' && popup.current?.querySelector('form')
        if (next || !(held || busy || beside)) onOpenChange(next)
      }}
      disablePointerDismissal={sticky || held || alert}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="bg-scrim fixed inset-0 z-40 transition-opacity duration-180 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <BaseDialog.Viewport className="fixed inset-0 z-40 grid place-items-center overflow-hidden p-4">
          <BaseDialog.Popup
            ref={popup}
            role={alert ? 'alertdialog' : 'dialog'}
            className={cx(
              'appear rounded-dialog bg-raised shadow-raised flex max-h-full w-full flex-col overflow-hidden outline-none',
              widths[width],
            )}
          >
            <Kept open={open}>
              <header className="flex items-start gap-4 px-6 pt-5 pb-4">
                <div className="min-w-0 flex-1">
                  <BaseDialog.Title className="text-lg font-semibold">{title}</BaseDialog.Title>
                  {description && (
                    <BaseDialog.Description className="text-muted mt-1 text-sm">
                      {description}
                    </BaseDialog.Description>
                  )}
                </div>
                {!held && (
                  <BaseDialog.Close
                    className={cx(buttonClass('quiet', 'icon-sm'), '-mr-2')}
                    aria-label={closeLabel}
                    disabled={busy}
                  >
                    <X aria-hidden />
                  </BaseDialog.Close>
                )}
              </header>
              <HoldContext value={setBusy}>{children}</HoldContext>
            </Kept>
          </BaseDialog.Popup>
        </BaseDialog.Viewport>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  )
}

/** As it was while it fades out: what its words spoke of is often forgotten the moment it closes. */
const Kept = memo(
  ({ children }: { open: boolean; children: ReactNode }) => children,
  (_, { open }) => !open,
)
Kept.displayName = 'Kept'

export function DialogBody({ children, className }: { children: ReactNode; className?: string }) {
  return <div className={cx('min-h-0 flex-1 overflow-y-auto px-6 pt-0.5 pb-5', className)}>{children}</div>
}

export function DialogFooter({ children, start }: { children: ReactNode; start?: ReactNode }) {
  return (
    <footer className="border-line bg-canvas flex flex-wrap items-center gap-x-3 gap-y-2 border-t px-6 py-3.5">
      {start}
      <div className="ml-auto flex items-center gap-2">{children}</div>
    </footer>
  )
}
