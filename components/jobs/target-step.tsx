'use client'
import { useTranslations } from 'next-intl'
import { EncryptionTargetForm } from '@/components/encryption/encryption-target-form'
import {
  isContextSound,
  jobTargetOf,
  type TargetDraft,
  type TargetMethod,
} from '@/components/encryption/target-draft'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Button } from '@/components/ui/button'
import { DialogBody, DialogFooter } from '@/components/ui/dialog'
import type { JobSelection } from '@/lib/console/schemas-jobs'
import { OlderVersionsChoice } from './older-versions-choice'
import { SelectionDetails } from './selection-details'
import { useCreateJob } from './use-job-actions'

/** A customer's key is no choice here: a job outlives a restart, and such a key is never stored. */
const METHODS: TargetMethod[] = ['managed-key', 'service-key', 'newest-version', 'none']

export interface TargetStepProps {
  project: string
  selection: JobSelection
  onSelection: (selection: JobSelection) => void
  draft: TargetDraft
  onDraft: (draft: TargetDraft) => void
  onPlanned: (jobId: string) => void
  onCancel: () => void
}

export function TargetStep({ project, selection, draft, onDraft, onPlanned, ...on }: TargetStepProps) {
  const t = useTranslations()
  const create = useCreateJob(project)
  const wrong = draft.method === 'managed-key' && !isContextSound(draft.context)
  return (
    <form
      noValidate
      className="contents"
      onSubmit={(event) => {
        event.preventDefault()
        if (wrong) return
        create.mutate(
          { selection, target: jobTargetOf(draft) },
          { onSuccess: ({ jobId }) => onPlanned(jobId) },
        )
      }}
    >
      <DialogBody className="flex flex-col gap-4">
        {create.isError && <ErrorNotice error={create.error} />}
        <SelectionDetails selection={selection} withoutVersions />
        <OlderVersionsChoice
          project={project}
          selection={selection}
          onChange={on.onSelection}
          disabled={create.isPending}
        />
        <EncryptionTargetForm
          value={draft}
          onChange={onDraft}
          methods={METHODS}
          disabled={create.isPending}
        />
      </DialogBody>
      <DialogFooter>
        <Button onClick={on.onCancel}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" disabled={wrong} busy={create.isPending}>
          {t('jobs.makePlan')}
        </Button>
      </DialogFooter>
    </form>
  )
}
