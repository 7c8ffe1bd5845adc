'use client'
import getDroppedFiles from './upload/dropped-files'
import { Upload } from 'lucide-react'
import { useEffect, useState, type DragEvent, type ReactNode } from 'react'
import { cx } from '@/components/ui/cx'

export interface DropTargetProps {
  label: string
  onDrop: (files: File[]) => void
  className?: string
  children: ReactNode
}

/** Who leaves fast, or gives up, may leave no event here: ms without the one that browsers repeat at least every 550 */
const SILENCE = 1000

/** Files and folders may be dropped anywhere on it. The mouse's shortcut to the upload dialog, never the only way. */
export function DropTarget({ label, onDrop, className, children }: DropTargetProps) {
  const [heldAt, setHeldAt] = useState(0)
  const over = heldAt > 0
  useEffect(() => {
    if (heldAt === 0) return
    const silence = setTimeout(() => setHeldAt(0), SILENCE)
    return () => clearTimeout(silence)
  }, [heldAt])
  const withFiles = (handle: (event: DragEvent) => void) => (event: DragEvent) => {
    if (event.dataTransfer.types.includes('Files')) handle(event)
  }
  return (
    <div
      className={cx('relative', className)}
      onDragEnter={withFiles((event) => event.preventDefault())}
      onDragOver={withFiles((event) => {
        event.preventDefault()
        setHeldAt(event.timeStamp)
      })}
      onDrop={withFiles((event) => {
        event.preventDefault()
        setHeldAt(0)
        void getDroppedFiles(event.nativeEvent.dataTransfer).then(
          (files) => files.length > 0 && onDrop(files),
        )
      })}
    >
      {children}
      {over && (
        // It lies over all children, whose own events of coming and going would have to be counted.
        <div className="absolute inset-0 z-20 p-3" onDragLeave={() => setHeldAt(0)}>
          <div className="rounded-dialog border-accent bg-accent-soft/90 pointer-events-none grid h-full place-items-center border-2 border-dashed">
            <p className="text-accent-ink flex items-center gap-2 text-lg font-semibold">
              <Upload aria-hidden className="size-5" />
              {label}
            </p>
          </div>
        </div>
      )}
    </div>
  )
}
