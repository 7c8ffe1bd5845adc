'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { useVisit } from '@/components/shell/use-visit'
import { Button } from '@/components/ui/button'
import { SectionCard } from '@/components/ui/card'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/field'
import { toast } from '@/components/ui/toaster'
import { projectClient } from '@/lib/console/client'
import { pages } from '@/lib/console/paths'
import { bucketsKey } from '@/lib/console/queries/buckets'
import type { Bucket } from '@/lib/console/schemas'

/** Deleting asks for the name, and only an empty bucket can go. */
export function DeleteBucket({ bucket }: { bucket: Bucket }) {
  const t = useTranslations()
  const [open, setOpen] = useState(false)
  const empty = bucket.objects === 0
  return (
    <SectionCard id="bucket-delete" title={t('buckets.delete')}>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p id="bucket-delete-why" className="text-muted max-w-md text-sm">
          {empty ? t('buckets.deleteDescription') : t('buckets.deleteNotEmpty', { count: bucket.objects })}
        </p>
        <Button
          variant="danger-quiet"
          disabled={!empty}
          aria-describedby="bucket-delete-why"
          onClick={() => setOpen(true)}
        >
          <Trash2 aria-hidden />
          {t('buckets.delete')}
        </Button>
      </div>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        alert
        width="sm"
        title={t('buckets.deleteTitle', { name: bucket.name })}
        description={t('buckets.deleteDescription')}
        closeLabel={t('common.close')}
      >
        {open && <ConfirmForm name={bucket.name} onClose={() => setOpen(false)} />}
      </Dialog>
    </SectionCard>
  )
}

function ConfirmForm({ name, onClose }: { name: string; onClose: () => void }) {
  const t = useTranslations()
  const { projectId } = useProject()
  const visit = useVisit()
  const queryClient = useQueryClient()
  const [typed, setTyped] = useState('')
  const remove = useMutation({
    mutationFn: () => projectClient(projectId).deleteBucket(name),
    onSuccess: () => {
      toast.success(t('buckets.deleted', { name }))
      void queryClient.invalidateQueries({ queryKey: bucketsKey(projectId) })
      visit(pages.buckets())
    },
  })
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault()
        if (typed === name) remove.mutate()
      }}
    >
      <DialogBody className="flex flex-col gap-4">
        {remove.isError && <ErrorNotice error={remove.error} />}
        <Field label={t('buckets.typeName', { name })}>
          <Input
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" variant="danger" disabled={typed !== name} busy={remove.isPending}>
          {t('common.delete')}
        </Button>
      </DialogFooter>
    </form>
  )
}
