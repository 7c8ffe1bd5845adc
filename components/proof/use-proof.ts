'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useProject } from '@/components/shell/me'
import { proofClient, type ProofProgress } from '@/lib/console/proof-client'
import { integrityKey } from '@/lib/console/queries/proof'
import type { Prove } from '@/lib/console/schemas-proof'

/** Runs a check, tells how far it is, and has findings asked anew after it. */
export function useProof(bucket: string) {
  const { projectId } = useProject()
  const queryClient = useQueryClient()
  const [progress, setProgress] = useState<ProofProgress>()
  const mutation = useMutation({
    mutationFn: (body: Prove) => proofClient(projectId).prove(bucket, body, setProgress),
    onMutate: () => setProgress(undefined),
    onSettled: () => queryClient.invalidateQueries({ queryKey: integrityKey(projectId) }),
  })
  return { ...mutation, progress: mutation.isPending ? progress : undefined }
}
