'use client'
import { useQuery } from '@tanstack/react-query'
import { createContext, useContext, type ReactNode } from 'react'
import { backupQuery, keyServiceQuery } from '@/lib/console/queries/safety'
import type { BackupAnswer, BackupState } from '@/lib/console/schemas-backup'
import type { KeyServiceState } from '@/lib/console/schemas-key-service'

export interface Safety {
  /** null: not this person's concern */
  backup: BackupState | null
  keyService: KeyServiceState
}

const SafetyContext = createContext<Safety>({ backup: null, keyService: { services: [] } })

export interface SafetyProviderProps {
  initial: { backup: BackupAnswer; keyService: KeyServiceState }
  children: ReactNode
}

/** Whether keys could be lost and whether they can be used now: from the server at first, so that nothing jumps. */
export function SafetyProvider({ initial, children }: SafetyProviderProps) {
  const backup = useQuery({ ...backupQuery(), initialData: initial.backup }).data.backup
  const keyService = useQuery({ ...keyServiceQuery(), initialData: initial.keyService }).data
  return <SafetyContext value={{ backup, keyService }}>{children}</SafetyContext>
}

export function useSafety(): Safety {
  return useContext(SafetyContext)
}
