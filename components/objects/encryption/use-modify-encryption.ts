'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { contextOf, type TargetDraft } from '@/components/encryption/target-draft'
import { useProject } from '@/components/shell/me'
import { toast } from '@/components/ui/toaster'
import { objectEncryptionClient } from '@/lib/console/object-encryption-client'
import type {
  CustomerKeyJson,
  EncryptionTargetJson,
  ModifyEncryptionJson,
} from '@/lib/console/schemas-modify-encryption'

/** Changes one object and has every page look again: lists, counters and properties have changed with it. */
export function useModifyEncryption(bucket: string, objectKey: string) {
  const t = useTranslations('objectEncryption.done')
  const { projectId } = useProject()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: ModifyEncryptionJson) =>
      objectEncryptionClient(projectId).modifyEncryption(bucket, body),
    onSuccess: ({ change }) => {
      toast.success(t(`${change}.title`), { description: t(`${change}.text`, { key: objectKey }) })
      return queries.invalidateQueries({ queryKey: [projectId] })
    },
  })
}

/** What was chosen as the API takes it. @throws where a customer's key is chosen and none is given */
export function targetJsonOf(
  { method, suite, keyRef, context }: TargetDraft,
  customerKey: CustomerKeyJson | undefined,
): EncryptionTargetJson {
  switch (method) {
    case 'none':
      return { kind: method }
    case 'service-key':
      return { kind: method, suite }
    case 'managed-key':
      return { kind: method, suite, ...(keyRef && { keyRef }), context: contextOf(context) ?? {} }
    case 'customer-key':
      if (!customerKey) throw new Error('a customer key is given or made before it is used')
      return { kind: method, ...customerKey }
    case 'newest-version':
      throw new Error('one object is re-wrapped by choosing its key')
  }
}
