'use client'
import { useMutation } from '@tanstack/react-query'
import { useProject } from '@/components/shell/me'
import { objectEncryptionClient } from '@/lib/console/object-encryption-client'
import type { ObjectAt } from '@/lib/console/schemas'
import type { CustomerKeyJson } from '@/lib/console/schemas-modify-encryption'

/** An object under a customer's key, once it was opened. The key stays in this page's memory only. */
export function useOpenedObject(bucket: string, at: ObjectAt) {
  const { projectId } = useProject()
  const open = useMutation({
    gcTime: 0,
    mutationFn: (key: CustomerKeyJson) => objectEncryptionClient(projectId).getObjectWithKey(bucket, at, key),
  })
  return {
    object: open.data,
    openedWith: open.data && open.variables,
    open: open.mutate,
    isOpening: open.isPending,
    error: open.error,
    close: open.reset,
  }
}
