'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState, type FormEvent } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/field'
import { toast } from '@/components/ui/toaster'
import { ApiError, projectClient } from '@/lib/console/client'
import { folderNameProblem } from '@/lib/console/object-key'
import { bucketKey } from '@/lib/console/queries/buckets'
import { objectsKey } from '@/lib/console/queries/objects'

export interface CreateFolderDialogProps {
  bucket: string
  prefix: string
  open: boolean
  onClose: () => void
}

export function CreateFolderDialog(props: CreateFolderDialogProps) {
  const t = useTranslations()
  return (
    <Dialog
      open={props.open}
      onOpenChange={(open) => !open && props.onClose()}
      width="sm"
      title={t('objects.createFolder')}
      description={t('objects.createFolderDescription', { place: `${props.bucket}/${props.prefix}` })}
      closeLabel={t('common.close')}
    >
      {props.open && <CreateFolderForm {...props} />}
    </Dialog>
  )
}

function CreateFolderForm({ bucket, prefix, onClose }: CreateFolderDialogProps) {
  const t = useTranslations()
  const [name, setName] = useState('')
  const [submitted, setSubmitted] = useState(false)
  const create = useCreateFolder(bucket, prefix, onClose)
  const invalid = folderNameProblem(name)
  const problem = invalid ?? (isThere(create.error) && create.variables === name ? 'exists' : undefined)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setSubmitted(true)
    if (!invalid) create.mutate(name)
  }
  return (
    <form noValidate onSubmit={submit} className="contents">
      <DialogBody className="flex flex-col gap-4">
        {create.isError && !isThere(create.error) && <ErrorNotice error={create.error} />}
        <Field
          label={t('objects.folderName')}
          error={submitted && problem ? t(`objects.folderProblems.${problem}`) : undefined}
        >
          <Input
            autoFocus
            required
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" busy={create.isPending}>
          {t('objects.createFolder')}
        </Button>
      </DialogFooter>
    </form>
  )
}

function isThere(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'PreconditionFailed'
}

function useCreateFolder(bucket: string, prefix: string, onDone: () => void) {
  const t = useTranslations('objects')
  const { projectId } = useProject()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (name: string) => projectClient(projectId).createFolder(bucket, { prefix, name }),
    onSuccess: (_, name) => {
      void queryClient.invalidateQueries({ queryKey: objectsKey(projectId, bucket) })
      void queryClient.invalidateQueries({ queryKey: bucketKey(projectId, bucket) })
      toast.success(t('folderCreated', { name }))
      onDone()
    },
  })
}
