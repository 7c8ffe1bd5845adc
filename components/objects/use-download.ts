'use client'
import { useMutation } from '@tanstack/react-query'
import { useErrorToast } from '@/components/shell/error-message'
import { useProject } from '@/components/shell/me'
import { projectClient } from '@/lib/console/client'
import { downloadFields, objectEncryptionClient } from '@/lib/console/object-encryption-client'
import type { CustomerKeyJson } from '@/lib/console/schemas-modify-encryption'
import { saveByForm } from './encryption/save-file'

/** By its name; under a customer's key, with that key. */
type Wanted = string | { key: string; openedWith: CustomerKeyJson }

/** Downloads an object as a file: asks first whether it can be had, since a broken link says nothing. */
export function useDownload(bucket: string) {
  const { projectId } = useProject()
  return useMutation({
    gcTime: 0,
    mutationFn: (wanted: Wanted) =>
      typeof wanted === 'string'
        ? downloadByLink(projectId, bucket, wanted)
        : downloadWithKey(projectId, bucket, wanted),
    onError: useErrorToast(),
  })
}

async function downloadByLink(projectId: string, bucket: string, key: string): Promise<void> {
  const client = projectClient(projectId)
  await client.checkDownload(bucket, key)
  const link = document.createElement('a')
  link.href = client.downloadUrl(bucket, key)
  link.download = ''
  link.click()
}

/** The key goes in a form's body: an address is kept in histories and logs. */
async function downloadWithKey(
  projectId: string,
  bucket: string,
  { key, openedWith }: Exclude<Wanted, string>,
): Promise<void> {
  const client = objectEncryptionClient(projectId)
  await client.checkDownloadWithKey(bucket, key, openedWith)
  saveByForm(client.downloadWithKeyUrl(bucket), downloadFields(key, openedWith))
}
