import type { ReactNode } from 'react'

export function PropertyList({ children }: { children: ReactNode }) {
  return <dl className="divide-line divide-y text-sm">{children}</dl>
}

export function Property({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <div className="grid gap-x-4 gap-y-0.5 py-2.5 first:pt-0 last:pb-0 sm:grid-cols-[11rem_1fr]">
      <dt className="text-muted">{label}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </div>
  )
}

/** An identifier in full, with room for a copy button. */
export function Mono({ children }: { children: ReactNode }) {
  return <span className="font-mono text-xs/5 wrap-anywhere">{children}</span>
}
