'use client'
import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useForm } from 'react-hook-form'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/field'
import { chooseProject } from '@/lib/console/client'
import { createProject } from '@/lib/console/members-client'
import { inProject, pages } from '@/lib/console/paths'
import { createProjectSchema } from '@/lib/console/schemas-members'
import { ErrorNotice } from './error-notice'

/** Makes a project, with its default key, and goes there. */
export function CreateProjectDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations()
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title={t('members.project.title')}
      description={t('members.project.description')}
      closeLabel={t('common.close')}
    >
      {open && <CreateForm onClose={onClose} />}
    </Dialog>
  )
}

function CreateForm({ onClose }: { onClose: () => void }) {
  const t = useTranslations()
  const form = useForm({ resolver: zodResolver(createProjectSchema), defaultValues: { name: '' } })
  const create = useMutation({
    mutationFn: async (body: { name: string }) => {
      const { projectId } = await createProject(body)
      await chooseProject(projectId)
      return projectId
    },
    // a whole new page: nothing of the old project stays behind
    onSuccess: (projectId) => window.location.assign(inProject(pages.buckets(), projectId)),
  })
  return (
    <form noValidate className="contents" onSubmit={form.handleSubmit((values) => create.mutate(values))}>
      <DialogBody className="flex flex-col gap-4">
        {create.isError && <ErrorNotice error={create.error} />}
        <Field
          label={t('members.project.name')}
          error={form.formState.errors.name && t('members.project.nameMissing')}
        >
          <Input autoFocus autoComplete="off" required maxLength={120} {...form.register('name')} />
        </Field>
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" busy={create.isPending || create.isSuccess}>
          {t('members.project.create')}
        </Button>
      </DialogFooter>
    </form>
  )
}
