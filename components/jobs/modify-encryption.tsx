'use client'
import { usePathname } from 'next/navigation'
import { createContext, useCallback, useContext, useState, type ReactNode } from 'react'
import { useProject } from '@/components/shell/me'
import { ModifyEncryptionDialog, type ModifyEncryption } from './modify-encryption-dialog'

interface Asked {
  what: ModifyEncryption
  /** of the page that opened it */
  path: string
  /** false while it fades */
  open: boolean
}

const ModifyEncryptionContext = createContext<(asked: ModifyEncryption) => void>(() => {})

/**
 * Keeps the dialog above the page that opens it: its job may take away what opened it (“3 objects are still plaintext”)
 * before anybody has read how the job goes. Another page closes it for good.
 */
export function ModifyEncryptionProvider({ children }: { children: ReactNode }) {
  const { projectId } = useProject()
  const path = usePathname()
  const [asked, setAsked] = useState<Asked>()
  const open = useCallback((what: ModifyEncryption) => setAsked({ what, path, open: true }), [path])
  if (asked && asked.path !== path) setAsked(undefined)
  return (
    <ModifyEncryptionContext value={open}>
      {children}
      {asked && (
        <ModifyEncryptionDialog
          {...asked.what}
          project={projectId}
          open={asked.open}
          onClose={() => setAsked({ ...asked, open: false })}
        />
      )}
    </ModifyEncryptionContext>
  )
}

/** Opens the dialog. */
export function useModifyEncryption(): (asked: ModifyEncryption) => void {
  return useContext(ModifyEncryptionContext)
}
