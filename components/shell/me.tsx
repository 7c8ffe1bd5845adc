'use client'
import { useQuery } from '@tanstack/react-query'
import { createContext, useContext, type ReactNode } from 'react'
import { meQuery } from '@/lib/console/queries/me'
import type { Me } from '@/lib/console/schemas'

const MeContext = createContext<Me | undefined>(undefined)

/** Who is signed in and where: from the server at first, then kept fresh. */
export function MeProvider({ initial, children }: { initial: Me; children: ReactNode }) {
  const { data } = useQuery({ ...meQuery(), initialData: initial })
  return <MeContext value={data}>{children}</MeContext>
}

export function useMe(): Me {
  const me = useContext(MeContext)
  if (!me) throw new Error('useMe needs a MeProvider above it')
  return me
}

/** The project one works in. Pages of a project are rendered only where there is one (`shell.tsx`). */
export function useProject() {
  const { project } = useMe()
  if (!project) throw new Error('useProject needs a project')
  return project
}
