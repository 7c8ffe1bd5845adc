'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import { toast } from '@/components/ui/toaster'
import { ApiError, projectClient } from '@/lib/console/client'
import { unfinishedUploadsQuery } from '@/lib/console/queries/buckets'
import type { UnfinishedUpload } from '@/lib/console/schemas'

/** Whoever is still sending one of them fails: say so first. Closed while there are none to give up. */
export function GiveUpUploads({
  bucket,
  uploads,
  onClose,
}: {
  bucket: string
  uploads: UnfinishedUpload[]
  onClose: () => void
}) {
  const t = useTranslations()
  const remove = useGiveUp(bucket, onClose)
  const count = uploads.length
  const close = () => {
    remove.reset()
    onClose()
  }
  return (
    <Dialog
      open={count > 0}
      onOpenChange={(open) => !open && close()}
      alert
      width="sm"
      title={t('buckets.unfinished.confirmTitle', { count })}
      description={t('buckets.unfinished.confirmText')}
      closeLabel={t('common.close')}
    >
      {remove.isError && (
        <DialogBody>
          <ErrorNotice error={remove.error} />
        </DialogBody>
      )}
      <DialogFooter>
        <Button onClick={close}>{t('common.cancel')}</Button>
        <Button variant="danger" busy={remove.isPending} onClick={() => remove.mutate(uploads)}>
          {t('buckets.unfinished.remove')}
        </Button>
      </DialogFooter>
    </Dialog>
  )
}

function useGiveUp(bucket: string, onDone: () => void) {
  const t = useTranslations('buckets.unfinished')
  const { projectId } = useProject()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async (uploads: UnfinishedUpload[]) => {
      const client = projectClient(projectId)
      for (const upload of uploads) await client.giveUpUpload(bucket, upload).catch(unlessGone)
      return uploads.length
    },
    onSuccess: (count) => {
      toast.success(t('removed', { count }))
      onDone()
    },
    onSettled: () => queryClient.invalidateQueries(unfinishedUploadsQuery(projectId, bucket)),
  })
}

/** It was completed or given up meanwhile. */
function unlessGone(error: unknown): void {
  if (!(error instanceof ApiError && error.code === 'NoSuchUpload')) throw error
}
