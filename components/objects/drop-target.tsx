'use client'
import getDroppedFiles from './upload/dropped-files'
import { Upload } from 'lucide-react'
import { useState, type DragEvent, type ReactNode } from 'react'
import { cx } from '@/components/ui/cx'

export interface DropTargetProps {
  label: string
  onDrop: (files: File[]) => void
  className?: string
  children: ReactNode
}

/** Files and folders may be dropped anywhere on it. The mouse's shortcut to the upload dialog, never the only way. */
export function DropTarget({ label, onDrop, className, children }: DropTargetProps) {
  // dragenter and dragleave also fire for every child: only as many leaves as enters mean outside
  const [depth, setDepth] = useState(0)
  const over = depth > 0
  const withFiles = (handle: (event: DragEvent) => void) => (event: DragEvent) => {
    if (event.dataTransfer.types.includes('Files')) handle(event)
  }
  return (
    <div
      className={cx('relative', className)}
      onDragEnter={withFiles(() => setDepth((now) => now + 1))}
      onDragLeave={withFiles(() => setDepth((now) => Math.max(0, now - 1)))}
      onDragOver={withFiles((event) => event.preventDefault())}
      onDrop={withFiles((event) => {
        event.preventDefault()
        setDepth(0)
        void getDroppedFiles(event.nativeEvent.dataTransfer).then(
          (files) => files.length > 0 && onDrop(files),
        )
      })}
    >
      {children}
      {over && (
        <div className="rounded-dialog border-accent bg-accent-soft/90 pointer-events-none absolute inset-3 z-20 grid place-items-center border-2 border-dashed">
          <p className="text-accent-ink flex items-center gap-2 text-lg font-semibold">
            <Upload aria-hidden className="size-5" />
            {label}
          </p>
        </div>
      )}
    </div>
  )
}
