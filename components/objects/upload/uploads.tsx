'use client'
import { createContext, useContext, useState, type ReactNode } from 'react'
import { UploadDialog } from './upload-dialog'

/** Where to, and what was dropped there already. */
export interface UploadTo {
  project: string
  bucket: string
  prefix: string
  files: File[]
}

const UploadContext = createContext<(to: UploadTo) => void>(() => {})

/** Keeps the upload dialog above the pages: who goes back, or elsewhere in the console, leaves the uploads running. */
export function UploadProvider({ children }: { children: ReactNode }) {
  const [to, setTo] = useState<UploadTo>()
  return (
    <UploadContext value={setTo}>
      {children}
      <UploadDialog to={to} onClose={() => setTo(undefined)} />
    </UploadContext>
  )
}

/** Opens the upload dialog. */
export function useUpload(): (to: UploadTo) => void {
  return useContext(UploadContext)
}
