'use client'
import { useMutation } from '@tanstack/react-query'
import { useErrorToast } from '@/components/shell/error-message'
import { useProject } from '@/components/shell/me'
import { projectClient } from '@/lib/console/client'

/** Downloads an object as a file: asks first whether it can be had, since a broken link says nothing. */
export function useDownload(bucket: string) {
  const { projectId } = useProject()
  return useMutation({
    mutationFn: async (key: string) => {
      const client = projectClient(projectId)
      await client.checkDownload(bucket, key)
      const link = document.createElement('a')
      link.href = client.downloadUrl(bucket, key)
      link.download = ''
      link.click()
    },
    onError: useErrorToast(),
  })
}
