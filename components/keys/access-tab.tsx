'use client'
import type { KeyDetail } from '@/lib/console/schemas-keys'
import { GrantsCard } from './grants-card'
import { PolicyCard } from './policy-card'
import { WhoMayUseCard } from './who-may-use-card'

/** Who may use the key: the outcome first, then the rules that lead to it. */
export function AccessTab({ of: key }: { of: KeyDetail }) {
  return (
    <>
      <WhoMayUseCard of={key} />
      <div className="grid items-start gap-5 xl:grid-cols-2">
        <PolicyCard of={key} />
        <GrantsCard of={key} />
      </div>
    </>
  )
}
