'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/field'
import { throttleSchema, type Job, type JobThrottle } from '@/lib/console/schemas-jobs'
import { useThrottleJob } from './use-job-actions'

const MIB = 1024 ** 2

export interface ThrottleDialogProps {
  project: string
  job: Job
  open: boolean
  onClose: () => void
}

/** How much of the machine a job may take from everybody else; it holds at once, also while the job runs. */
export function ThrottleDialog({ project, job, open, onClose }: ThrottleDialogProps) {
  const t = useTranslations()
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      width="sm"
      title={t('jobs.throttle.title')}
      description={t('jobs.throttle.text')}
      closeLabel={t('common.close')}
    >
      {open && <ThrottleForm project={project} job={job} onClose={onClose} />}
    </Dialog>
  )
}

function ThrottleForm({ project, job, onClose }: Omit<ThrottleDialogProps, 'open'>) {
  const t = useTranslations()
  const [objects, setObjects] = useState(() => String(job.throttle.objectsPerSecond ?? ''))
  const [mebibytes, setMebibytes] = useState(() =>
    job.throttle.bytesPerSecond === undefined ? '' : String(job.throttle.bytesPerSecond / MIB),
  )
  const throttle = throttleOf(objects, mebibytes)
  const save = useThrottleJob(project, job.jobId)
  return (
    <form
      noValidate
      className="contents"
      onSubmit={(event) => {
        event.preventDefault()
        if (throttle) save.mutate(throttle, { onSuccess: onClose })
      }}
    >
      <DialogBody className="flex flex-col gap-4">
        {save.isError && <ErrorNotice error={save.error} />}
        <Field label={t('jobs.throttle.objects')} optional={t('common.optional')}>
          <Input
            type="number"
            inputMode="numeric"
            min={1}
            step={1}
            value={objects}
            onChange={(event) => setObjects(event.target.value)}
          />
        </Field>
        <Field
          label={t('jobs.throttle.bytes')}
          optional={t('common.optional')}
          hint={t('jobs.throttle.bytesHint')}
        >
          <Input
            type="number"
            inputMode="decimal"
            min={0}
            step="any"
            value={mebibytes}
            onChange={(event) => setMebibytes(event.target.value)}
          />
        </Field>
        {!throttle && (
          <p role="alert" className="text-danger-ink text-xs">
            {t('jobs.throttle.wrong')}
          </p>
        )}
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" disabled={!throttle} busy={save.isPending}>
          {t('common.save')}
        </Button>
      </DialogFooter>
    </form>
  )
}

/** Fields left empty are no limit; undefined where one is no number that a job can keep to. */
function throttleOf(objects: string, mebibytes: string): JobThrottle | undefined {
  return throttleSchema.safeParse({
    ...(objects.trim() !== '' && { objectsPerSecond: Number(objects) }),
    ...(mebibytes.trim() !== '' && { bytesPerSecond: Math.round(Number(mebibytes) * MIB) }),
  }).data
}
