'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { File, Folder } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useExplain } from '@/components/shell/error-message'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogFooter, useHeldOpen } from '@/components/ui/dialog'
import { Notice } from '@/components/ui/notice'
import { toast } from '@/components/ui/toaster'
import { ApiError, projectClient, type ProjectClient } from '@/lib/console/client'
import { bucketKey, bucketQuery, bucketsKey } from '@/lib/console/queries/buckets'
import { objectsKey } from '@/lib/console/queries/objects'
import { DELETE_BATCH, type Deleted } from '@/lib/console/schemas'

const NAMED = 5

export interface DeleteObjectsDialogProps {
  bucket: string
  /** keys and prefixes; the dialog is open while there are any */
  ids: string[]
  onClose: () => void
  onDeleted: () => void
}

export function DeleteObjectsDialog(props: DeleteObjectsDialogProps) {
  const t = useTranslations()
  const { bucket, ids, onClose } = props
  const { projectId } = useProject()
  const { data: facts } = useQuery(bucketQuery(projectId, bucket))
  return (
    <Dialog
      open={ids.length > 0}
      onOpenChange={(open) => !open && onClose()}
      alert
      title={t('objects.deleteTitle', { count: ids.length })}
      description={facts && t(`objects.deleteDescription.${facts.versioning ?? 'unversioned'}`)}
      closeLabel={t('common.close')}
    >
      {ids.length > 0 && <DeleteForm {...props} />}
    </Dialog>
  )
}

function DeleteForm({ bucket, ids, onClose, onDeleted }: DeleteObjectsDialogProps) {
  const t = useTranslations()
  const folders = ids.filter((id) => id.endsWith('/'))
  const remove = useDelete(bucket, onClose, onDeleted)
  useHeldOpen(remove.isPending)
  const failures = remove.data?.failures ?? 0
  return (
    <>
      <DialogBody className="flex flex-col gap-3">
        {remove.isError && <ErrorNotice error={remove.error} />}
        {failures > 0 ? (
          <Failures result={remove.data!} />
        ) : (
          <>
            <Names ids={ids} />
            {folders.length > 0 && (
              <Notice tone="warning">{t('objects.deleteFolders', { count: folders.length })}</Notice>
            )}
          </>
        )}
      </DialogBody>
      <DialogFooter>
        <Button disabled={remove.isPending} onClick={onClose}>
          {failures > 0 ? t('common.close') : t('common.cancel')}
        </Button>
        {failures === 0 && (
          <Button variant="danger" busy={remove.isPending} onClick={() => remove.mutate(ids)}>
            {t('common.delete')}
          </Button>
        )}
      </DialogFooter>
    </>
  )
}

function Names({ ids }: { ids: string[] }) {
  const t = useTranslations('objects')
  return (
    <ul className="rounded-control border-line bg-sunken flex flex-col gap-1.5 border px-3 py-2.5 text-sm">
      {ids.slice(0, NAMED).map((id) => (
        <li key={id} className="flex min-w-0 items-center gap-2">
          {id.endsWith('/') ? (
            <Folder aria-hidden className="text-accent-ink size-4 shrink-0" />
          ) : (
            <File aria-hidden className="text-faint size-4 shrink-0" />
          )}
          <span className="truncate">{id}</span>
        </li>
      ))}
      {ids.length > NAMED && <li className="text-muted">{t('andMore', { count: ids.length - NAMED })}</li>}
    </ul>
  )
}

function Failures({ result }: { result: Deleted }) {
  const t = useTranslations('objects')
  const explain = useExplain()
  return (
    <Notice
      tone="danger"
      live
      title={t('deleteFailed', { deleted: result.deleted, failed: result.failures })}
    >
      <ul className="mt-1 flex flex-col gap-1">
        {result.failed.slice(0, NAMED).map(({ key, code }) => (
          <li key={key}>
            <span className="font-mono text-xs">{key}</span> — {explain(new ApiError(code)).title}
          </li>
        ))}
      </ul>
    </Notice>
  )
}

function useDelete(bucket: string, onClose: () => void, onDeleted: () => void) {
  const t = useTranslations('objects')
  const { projectId } = useProject()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (ids: string[]) => deleteAll(projectClient(projectId), bucket, ids),
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: objectsKey(projectId, bucket) })
      void queryClient.invalidateQueries({ queryKey: bucketKey(projectId, bucket) })
      void queryClient.invalidateQueries({ queryKey: bucketsKey(projectId) })
    },
    onSuccess: (result) => {
      onDeleted()
      if (result.failures > 0) return
      toast.success(t('deleted', { count: result.deleted }))
      onClose()
    },
  })
}

/** Batch by batch, and the outcomes added up. A failed request ends it: what was deleted until then is gone. */
async function deleteAll(client: ProjectClient, bucket: string, ids: string[]): Promise<Deleted> {
  const total: Deleted = { deleted: 0, failed: [], failures: 0 }
  for (let start = 0; start < ids.length; start += DELETE_BATCH) {
    const batch = ids.slice(start, start + DELETE_BATCH)
    const { deleted, failed, failures } = await client.deleteObjects(bucket, {
      keys: batch.filter((id) => !id.endsWith('/')),
      folders: batch.filter((id) => id.endsWith('/')),
    })
    total.deleted += deleted
    total.failures += failures
    total.failed.push(...failed)
  }
  return total
}
