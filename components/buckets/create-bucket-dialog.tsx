'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState, type FormEvent } from 'react'
import { RuleField } from '@/components/encryption/rule-field'
import { ruleName, ruleOf } from '@/components/encryption/suites'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useMe, useProject } from '@/components/shell/me'
import { useVisit } from '@/components/shell/use-visit'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/field'
import { toast } from '@/components/ui/toaster'
import { bucketNameProblem } from '@/lib/console/bucket-name'
import { projectClient } from '@/lib/console/client'
import { pages } from '@/lib/console/paths'
import { bucketsKey } from '@/lib/console/queries/buckets'
import { BucketNameRules } from './bucket-name-rules'

export function CreateBucketDialog({
  open,
  onOpenChange,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
}) {
  const t = useTranslations()
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('buckets.create')}
      description={t('buckets.createDescription')}
      closeLabel={t('common.close')}
    >
      {open && <CreateBucketForm onClose={() => onOpenChange(false)} />}
    </Dialog>
  )
}

function CreateBucketForm({ onClose }: { onClose: () => void }) {
  const t = useTranslations()
  const { projectId } = useProject()
  const [name, setName] = useState('')
  const [rule, setRule] = useState(ruleName(useMe().newBucketEncryption) ?? 'none')
  const [submitted, setSubmitted] = useState(false)
  const create = useCreateBucket(projectId)
  const problem = bucketNameProblem(name)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setSubmitted(true)
    if (!problem) create.mutate({ name, encryption: ruleOf(rule) })
  }
  return (
    <form noValidate onSubmit={submit} className="contents">
      <DialogBody className="flex flex-col gap-5">
        {create.isError && <ErrorNotice error={create.error} />}
        <div>
          <Field
            label={t('buckets.name')}
            error={submitted && problem ? t(`buckets.nameRules.${problem}`) : undefined}
          >
            <Input
              autoFocus
              required
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              value={name}
              aria-describedby="bucket-name-rules"
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
          <BucketNameRules id="bucket-name-rules" name={name} />
        </div>
        <RuleField value={rule} onChange={setRule} />
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" busy={create.isPending}>
          {t('buckets.createAction')}
        </Button>
      </DialogFooter>
    </form>
  )
}

function useCreateBucket(projectId: string) {
  const t = useTranslations('buckets')
  const visit = useVisit()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: projectClient(projectId).createBucket,
    onSuccess: async (bucket) => {
      await queryClient.invalidateQueries({ queryKey: bucketsKey(projectId) })
      toast.success(t('created', { name: bucket.name }))
      visit(pages.bucket(bucket.name))
    },
  })
}
