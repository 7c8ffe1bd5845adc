'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useErrorToast } from '@/components/shell/error-message'
import { useProject } from '@/components/shell/me'
import { toast } from '@/components/ui/toaster'
import { projectClient } from '@/lib/console/client'
import { downloadFields, objectEncryptionClient } from '@/lib/console/object-encryption-client'
import type { ObjectAt } from '@/lib/console/schemas'
import type { CustomerKeyJson } from '@/lib/console/schemas-modify-encryption'
import { saveByForm } from './encryption/save-file'

/** Under a customer's key, with that key. */
interface Wanted {
  at: ObjectAt
  openedWith?: CustomerKeyJson | undefined
}

/** Downloads an object as a file: asks first whether it can be had, since a broken link says nothing. */
export function useDownload(bucket: string) {
  const { projectId } = useProject()
  const preparing = useTranslations('objects')('preparing')
  return useMutation({
    gcTime: 0,
    mutationFn: ({ at, openedWith }: Wanted) =>
      saying(
        preparing,
        openedWith
          ? downloadWithKey(projectId, bucket, at, openedWith)
          : downloadByLink(projectId, bucket, at),
      ),
    onError: useErrorToast(),
  })
}

/** ms after which one would wonder whether something happens */
const SOON = 400

/** A toast while `work` lasts: a menu is closed by then. From there on the browser shows its own sign of a download. */
async function saying(words: string, work: Promise<void>): Promise<void> {
  const waiting = setTimeout(() => toast.loading(words, { id: words }), SOON)
  try {
    await work
  } finally {
    clearTimeout(waiting)
    toast.dismiss(words)
  }
}

async function downloadByLink(projectId: string, bucket: string, at: ObjectAt): Promise<void> {
  const client = projectClient(projectId)
  await client.checkDownload(bucket, at)
  const link = document.createElement('a')
  link.href = client.downloadUrl(bucket, at)
  link.download = ''
  link.click()
}

/** The key goes in a form's body: an address is kept in histories and logs. */
async function downloadWithKey(
  projectId: string,
  bucket: string,
  at: ObjectAt,
  openedWith: CustomerKeyJson,
): Promise<void> {
  const client = objectEncryptionClient(projectId)
  await client.checkDownloadWithKey(bucket, at, openedWith)
  saveByForm(client.downloadWithKeyUrl(bucket), downloadFields(at, openedWith))
}
