'use client'
import { FileKey2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '@/components/shell/me'
import { Button } from '@/components/ui/button'
import type { JobSelection, JobTarget } from '@/lib/console/schemas-jobs'
import { ModifyEncryptionDialog } from './modify-encryption-dialog'

export interface ModifyEncryptionButtonProps {
  selection: JobSelection
  target?: JobTarget
  size?: 'md' | 'sm'
  /** other words than “Modify Encryption Method…” */
  children?: string
}

/** The dialog behind a button, for pages where the objects are given. */
export function ModifyEncryptionButton({ selection, target, size, children }: ModifyEncryptionButtonProps) {
  const t = useTranslations('jobs')
  const { projectId } = useProject()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button size={size ?? 'md'} onClick={() => setOpen(true)}>
        <FileKey2 aria-hidden />
        {children ?? t('ofKey')}
      </Button>
      <ModifyEncryptionDialog
        project={projectId}
        selection={open ? selection : undefined}
        target={target}
        onClose={() => setOpen(false)}
      />
    </>
  )
}
