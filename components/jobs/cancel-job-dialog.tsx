'use client'
import { useTranslations } from 'next-intl'
import { Consequences } from '@/components/keys/consequences'
import { useProject } from '@/components/shell/me'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import type { Job } from '@/lib/console/schemas-jobs'
import { useActOnJob } from './use-job-actions'

/** A cancelled job cannot go on: its consequences first. */
export function CancelJobDialog({ job, open, onClose }: { job: Job; open: boolean; onClose: () => void }) {
  const t = useTranslations()
  const { projectId } = useProject()
  const act = useActOnJob(projectId, job.jobId)
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      alert
      width="sm"
      title={t('jobs.cancelling.title')}
      closeLabel={t('common.close')}
    >
      <DialogBody>
        <Consequences
          items={[
            t('jobs.cancelling.done', { count: job.progress.done }),
            t('jobs.cancelling.rest'),
            t('jobs.cancelling.pause'),
          ]}
        />
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('jobs.cancelling.keep')}</Button>
        <Button
          variant="danger"
          busy={act.isPending}
          onClick={() => act.mutate('cancel', { onSettled: onClose })}
        >
          {t('jobs.actions.cancel')}
        </Button>
      </DialogFooter>
    </Dialog>
  )
}
