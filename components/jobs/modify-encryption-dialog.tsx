'use client'
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { draftOf, USUAL_TARGET } from '@/components/encryption/target-draft'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Dialog, DialogBody } from '@/components/ui/dialog'
import { jobQuery } from '@/lib/console/queries/jobs'
import type { Job, JobSelection, JobTarget } from '@/lib/console/schemas-jobs'
import { PlanStep } from './plan-step'
import { StartedStep } from './started-step'
import { TargetStep } from './target-step'
import { useDiscardJob } from './use-job-actions'
import { useSelectionWords } from './use-selection-words'

export interface ModifyEncryption {
  /** which objects */
  selection: JobSelection
  /** what is proposed at first; the member may choose another */
  target?: JobTarget | undefined
  /** a job was confirmed: what was selected may be forgotten */
  onStarted?: (() => void) | undefined
}

export interface ModifyEncryptionDialogProps extends ModifyEncryption {
  project: string
  open: boolean
  onClose: () => void
}

/** Modify Encryption Method of many objects: choose the method, see the plan, confirm; the job goes on by itself. */
export function ModifyEncryptionDialog(props: ModifyEncryptionDialogProps) {
  const { project, selection, open, onClose } = props
  const t = useTranslations()
  const words = useSelectionWords()
  const [jobId, setJobId] = useState<string>()
  const job = useQuery({ ...jobQuery(project, jobId ?? ''), enabled: jobId !== undefined })
  const discard = useDiscardJob(project)
  const close = () => {
    // a plan that nobody confirmed is of no use to anybody
    if (jobId !== undefined && job.data && isPlan(job.data)) discard.mutate(jobId)
    setJobId(undefined)
    onClose()
  }
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && close()}
      sticky
      width="lg"
      title={t('jobs.modify')}
      description={words(selection).title}
      closeLabel={t('common.close')}
    >
      {open && (
        <Steps
          {...props}
          job={jobId === undefined ? undefined : job.data}
          jobId={jobId}
          error={job.isError && !job.data ? job.error : undefined}
          onPlanned={setJobId}
          onBack={() => {
            if (jobId !== undefined) discard.mutate(jobId)
            setJobId(undefined)
          }}
          onLeave={() => {
            setJobId(undefined)
            onClose()
          }}
          onCancel={close}
        />
      )}
    </Dialog>
  )
}

interface StepsProps extends ModifyEncryptionDialogProps {
  jobId: string | undefined
  job: Job | undefined
  error: unknown
  onPlanned: (jobId: string) => void
  onBack: () => void
  /** closes and keeps the job as it is */
  onLeave: () => void
  onCancel: () => void
}

function Steps({ project, selection: asked, target, jobId, job, error, onStarted, ...on }: StepsProps) {
  // kept here, so that going back finds what was chosen
  const [selection, select] = useState(asked)
  const [draft, setDraft] = useState(() => (target ? draftOf(target) : USUAL_TARGET))
  if (error !== undefined)
    return (
      <DialogBody>
        <ErrorNotice error={error} onRetry={on.onBack} />
      </DialogBody>
    )
  if (jobId === undefined || !job)
    return (
      <TargetStep
        project={project}
        selection={selection}
        onSelection={select}
        draft={draft}
        onDraft={setDraft}
        onPlanned={on.onPlanned}
        onCancel={on.onCancel}
      />
    )
  if (isPlan(job))
    return (
      <PlanStep project={project} job={job} onBack={on.onBack} onLeave={on.onLeave} onStarted={onStarted} />
    )
  return <StartedStep job={job} onClose={on.onLeave} />
}

function isPlan({ state }: Job): boolean {
  return state === 'Preparing' || state === 'Suspended'
}
