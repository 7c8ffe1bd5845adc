'use client'
import { FileCheck2, FileUp } from 'lucide-react'
import { useId, useRef, type ReactNode } from 'react'
import { Button } from './button'

export interface FileFieldProps {
  label: ReactNode
  hint?: ReactNode
  /** of the button */
  chooseLabel: string
  /** the file chosen so far, or what stands in for one */
  chosen: string | undefined
  onFile: (file: File) => void
}

/** One file to send. The browser's own control speaks the browser's language and cannot be styled. */
export function FileField({ label, hint, chooseLabel, chosen, onFile }: FileFieldProps) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  return (
    <div className="flex flex-col gap-1.5" role="group" aria-labelledby={`${id}-l`}>
      <span id={`${id}-l`} className="text-sm font-medium">
        {label}
      </span>
      <div className="flex min-w-0 items-center gap-3">
        <Button
          aria-describedby={`${id}-f${hint ? ` ${id}-h` : ''}`}
          aria-label={chooseLabel}
          onClick={() => input.current?.click()}
        >
          <FileUp aria-hidden />
          {chooseLabel}
        </Button>
        <input
          ref={input}
          type="file"
          tabIndex={-1}
          aria-hidden
          className="hidden"
          onChange={(event) => {
            const file = event.target.files?.[0]
            if (file) onFile(file)
            // the same file may be chosen again after it was changed
            event.target.value = ''
          }}
        />
        <span id={`${id}-f`} className="text-muted flex min-w-0 items-center gap-1.5 text-sm">
          {chosen && (
            <>
              <FileCheck2 aria-hidden className="text-accent-ink size-4 shrink-0" />
              <span className="truncate">{chosen}</span>
            </>
          )}
        </span>
      </div>
      {hint && (
        <span id={`${id}-h`} className="text-muted text-xs">
          {hint}
        </span>
      )}
    </div>
  )
}
