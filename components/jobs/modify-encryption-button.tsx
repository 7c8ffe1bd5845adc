'use client'
import { FileKey2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Button } from '@/components/ui/button'
import type { JobSelection, JobTarget } from '@/lib/console/schemas-jobs'
import { useModifyEncryption } from './modify-encryption'

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
  const modifyEncryption = useModifyEncryption()
  return (
    <Button size={size ?? 'md'} onClick={() => modifyEncryption({ selection, target })}>
      <FileKey2 aria-hidden />
      {children ?? t('ofKey')}
    </Button>
  )
}
