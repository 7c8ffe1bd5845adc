'use client'
import { CopyButton } from './copy-button'

/** Lines to paste into a terminal, with one button that copies them all. */
export function CodeBlock({
  code,
  label,
  copyLabel,
  copiedLabel,
}: {
  code: string
  label: string
  copyLabel: string
  copiedLabel: string
}) {
  return (
    <div className="rounded-control border-line bg-sunken relative border">
      {/* a scrolling region must be reachable by keyboard */}
      <pre
        tabIndex={0}
        aria-label={label}
        role="group"
        className="overflow-x-auto py-2.5 pr-12 pl-3 font-mono text-xs/5 focus-visible:-outline-offset-2"
      >
        <code>{code}</code>
      </pre>
      <CopyButton
        text={code}
        label={copyLabel}
        copiedLabel={copiedLabel}
        className="bg-sunken! absolute! top-1.5 right-1.5"
      />
    </div>
  )
}
