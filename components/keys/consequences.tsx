import { Check, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'

/** What will be so afterwards, line by line. */
export function Consequences({ items, dangerous }: { items: ReactNode[]; dangerous?: boolean }) {
  const Icon = dangerous ? TriangleAlert : Check
  return (
    <ul className="flex flex-col gap-2 text-sm">
      {items.map((item, index) => (
        <li key={index} className="flex gap-2.5">
          <Icon
            aria-hidden
            className={
              dangerous ? 'text-danger-ink mt-0.5 size-4 shrink-0' : 'text-accent-ink mt-0.5 size-4 shrink-0'
            }
          />
          <span className="min-w-0">{item}</span>
        </li>
      ))}
    </ul>
  )
}
