'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useProject } from '@/components/shell/me'
import { toast } from '@/components/ui/toaster'
import { keysClient, type KeysClient } from '@/lib/console/keys-client'
import { keyKey, keysKey } from '@/lib/console/queries/keys'

/** One change of a key: what was read of it before is asked for again, and a toast says that it is done. */
export function useKeyMutation<V = void>(
  keyId: string,
  change: (client: KeysClient, variables: V) => Promise<unknown>,
  { done, onDone }: { done: string; onDone?: () => void },
) {
  const { projectId } = useProject()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (variables: V) => change(keysClient(projectId), variables),
    onSuccess: async () => {
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: keyKey(projectId, keyId) }),
        queryClient.invalidateQueries({ queryKey: keysKey(projectId) }),
      ])
      toast.success(done)
      onDone?.()
    },
  })
}
