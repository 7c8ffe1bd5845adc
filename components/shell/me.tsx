'use client'
import { useQuery } from '@tanstack/react-query'
import { createContext, useContext, useState, type ReactNode } from 'react'
import { meQuery } from '@/lib/console/queries/me'
import type { Me } from '@/lib/console/schemas'

const MeContext = createContext<Me | undefined>(undefined)

export interface MeProviderProps {
  /** the project that the address names */
  named: string | undefined
  initial: Me
  children: ReactNode
}

/** Who is signed in and where: from the server at first, then kept fresh. */
export function MeProvider({ named, initial, children }: MeProviderProps) {
  // the project of this page stays, whatever is chosen in another window meanwhile
  const [project] = useState(named ?? initial.project?.projectId)
  const { data } = useQuery({ ...meQuery(project), initialData: initial })
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
